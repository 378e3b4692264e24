import { createHash } from 'node:crypto';
import type { JobRequest } from './engine.ts';

/** The same for two requests that ask for the same, however they were written. In hexadecimal digits. */
export function requestHash({ source, options, model, webhook }: JobRequest): string {
  const what =
    source.kind === 'inputs'
      ? source.inputs.map((input) => Object.entries(input))
      : source.kind === 'prefix'
        ? source.prefix
        : source.uploadId;
  const request = [source.kind, what, options.topK, options.explain, model ?? null, webhook ?? null];
  return createHash('sha256').update(JSON.stringify(request)).digest('hex');
}
