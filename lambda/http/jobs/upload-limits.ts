import type { Config } from '../../config.ts';

/** The media type of a list of inputs. */
export const MANIFEST_TYPE = 'text/plain';
/** Of a list of inputs: a hundred bytes for each of a million. */
export const MAX_MANIFEST_BYTES = 100_000_000;

/** The most bytes of an uploaded photo: those of the setting, if the memory for request bodies can hold them. */
export const maxUploadBytes = ({ jobs, budgets }: Pick<Config, 'jobs' | 'budgets'>): number =>
  Math.min(jobs?.maxUploadBytes ?? 0, budgets.memory.maxBodyBytes);
