import type { AllowedSource } from '../../../config/jobs.ts';
import type { JobInput, JobSource } from '../../engine.ts';
import type { Owner } from '../../ids.ts';
import { keys } from '../layout.ts';
import type { Buckets, ObjectStore } from '../storage/object-store.ts';
import { manifestInputs } from './manifest.ts';
import { prefixInputs } from './prefix.ts';

/** Where to go on reading a source. */
export type Cursor =
  | { readonly kind: 'after'; readonly key: string }
  | { readonly kind: 'line'; readonly number: number; readonly offset: number };

/** An input, and where those after it begin. */
export interface SourceInput {
  readonly input: JobInput;
  readonly next: Cursor | undefined;
}

/** The inputs of a source, in order and in groups of any size. @throws UnusableSource, StorageError */
export type SourceInputs = AsyncIterable<readonly SourceInput[]>;

export interface SourceAccess {
  /** Of the jobs bucket. */
  readonly store: ObjectStore;
  readonly buckets: Buckets;
  readonly sources: readonly AllowedSource[];
}

/** @param cursor where to begin. Undefined for the first input. */
export function inputsOf(
  source: JobSource,
  owner: Owner,
  cursor: Cursor | undefined,
  { store, buckets, sources }: SourceAccess,
): SourceInputs {
  switch (source.kind) {
    case 'inputs':
      return listedInputs(source.inputs);
    case 'prefix':
      return prefixInputs(source.prefix, cursor?.kind === 'after' ? cursor.key : undefined, buckets, sources);
    case 'manifest':
      return manifestInputs(
        store,
        keys.upload(owner, source.uploadId),
        cursor?.kind === 'line' ? cursor : undefined,
        sources,
      );
  }
}

/** There are so few that no preparation has to go on in the middle of them. */
async function* listedInputs(inputs: readonly JobInput[]): SourceInputs & AsyncGenerator {
  yield inputs.map((input) => ({ input, next: undefined }));
}
