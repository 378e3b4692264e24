import { matching } from '../command/options.ts';

const FULL_COMMIT = /^[0-9a-f]{40}$/;
const BY_DIGEST = /^[\w.:-]+(?:\/[\w.-]+)+@sha256:[0-9a-f]{64}$/;

/** `--commit`, the whole id: an abbreviation could mean another commit one day. */
export const commitOption = <const Given extends { readonly help: string; readonly required?: true }>(
  given: Given,
) => matching<Given>('SHA', given, 'a commit with 40 hex digits', FULL_COMMIT);

/** `--image`, by its digest: a tag could name another image in the next moment. */
export const imageOption = <const Given extends { readonly help: string; readonly required?: true }>(
  given: Given,
) => matching<Given>('IMAGE', given, 'HOST/REPOSITORY@sha256: and 64 hex digits', BY_DIGEST);
