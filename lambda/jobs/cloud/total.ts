import type { JobRequest } from '../engine.ts';
import type { PreparedDocument } from './documents.ts';

/** The inputs of a job. 0 while those of a bucket or a manifest are being counted, or if they cannot be. */
export function totalOf({ source }: JobRequest, prepared: PreparedDocument | undefined): number {
  if (source.kind === 'inputs') return source.inputs.length;
  return prepared && 'total' in prepared ? prepared.total : 0;
}
