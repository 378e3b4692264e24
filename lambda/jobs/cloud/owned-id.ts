import { createHash } from 'node:crypto';
import type { JobId, Owner } from '../ids.ts';

const PREFIX = 'job_';
/** The other 96 bits of an id are enough that nobody can guess it. */
const TAG_DIGITS = 8;

/** The digits of an id that say whose job it is. Step Functions lists running jobs by their ids alone. */
export type OwnerTag = string;

export const ownerTag = (salt: string, owner: Owner): OwnerTag =>
  createHash('sha256')
    .update(JSON.stringify([salt, owner]))
    .digest('hex')
    .slice(0, TAG_DIGITS);

/** Replaces digits of an id by the tag of its owner. */
export const withTag = (id: JobId, tag: OwnerTag): JobId =>
  `${PREFIX}${tag}${id.slice(PREFIX.length + TAG_DIGITS)}` as JobId;

export const tagOf = (id: string): OwnerTag => id.slice(PREFIX.length, PREFIX.length + TAG_DIGITS);
