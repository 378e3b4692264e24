import type { JobId } from '../../ids.ts';
import { UnusableSource } from '../../sources/manifest-line.ts';
import type { BatchDocument, BatchEntry, PreparedDocument, RequestDocument } from '../documents.ts';
import { keys } from '../layout.ts';
import type { Range } from '../ranges.ts';
import { type Cursor, inputsOf, type SourceAccess, type SourceInput } from '../sources/inputs.ts';
import { requireJson } from '../storage/read.ts';
import { batchRanges, batchSize } from './batches.ts';
import { createWorkQueue } from './write-queue.ts';

export interface PrepareProgress {
  /** The position of the first input that is in no batch yet. */
  readonly first: number;
  readonly cursor: Cursor;
}

export type PrepareResult =
  | { readonly done: true; readonly failed?: string }
  | { readonly done: false; readonly continuation: PrepareProgress };

const WRITES_AT_ONCE = 16;

/**
 * Counts the inputs of a job and writes them as batches. A bucket of 10^8 objects takes hours to list, so this goes on in
 * one call after the other. A call that is repeated writes the same objects.
 *
 * @param progress what the call before returned. Undefined for the first.
 * @param hasTime whether there is time for another batch.
 * @returns `failed` with a sentence for the owner of the job if there is nothing to classify.
 */
export async function prepareJob(
  id: JobId,
  progress: PrepareProgress | undefined,
  access: SourceAccess,
  hasTime: () => boolean,
): Promise<PrepareResult> {
  const { store } = access;
  const { owner, request } = await requireJson<RequestDocument>(store, keys.request(id));
  const size = batchSize(request.source, request.options);
  const writes = createWorkQueue(WRITES_AT_ONCE);
  let first = progress?.first ?? 0;
  let batch: SourceInput[] = [];

  const writeBatch = async (): Promise<void> => {
    const inputs = batch.map(({ input }) => input);
    const range: Range = [first, first + inputs.length - 1];
    const document: BatchDocument = { owner, options: request.options, model: request.model, inputs };
    await writes.add(() => store.put(keys.batch(id, range), JSON.stringify(document)));
    first += inputs.length;
    batch = [];
  };
  const finish = async (document: PreparedDocument): Promise<void> => {
    await store.put(keys.prepared(id), JSON.stringify(document));
  };

  try {
    for await (const group of inputsOf(request.source, owner, progress?.cursor, access)) {
      for (const input of group) {
        batch.push(input);
        if (batch.length < size(first)) continue;
        await writeBatch();
        if (input.next && !hasTime()) {
          await writes.settle();
          return { done: false, continuation: { first, cursor: input.next } };
        }
      }
    }
    if (batch.length > 0) await writeBatch();
    await writes.settle();
    if (first === 0) throw new UnusableSource(emptySource[request.source.kind]);
  } catch (error) {
    if (!(error instanceof UnusableSource)) throw error;
    await finish({ failed: error.message });
    return { done: true, failed: error.message };
  }

  const entries = [...batchRanges(first, size)].map(
    (range): BatchEntry => ({ job_id: id, first: range[0], last: range[1], key: keys.batch(id, range) }),
  );
  const isFirst = await store.create(keys.batches(id), JSON.stringify(entries));
  // A call that seemed lost may still run, over a bucket that has changed. The first list is the one of the job.
  const batches = isFirst ? entries : await requireJson<readonly BatchEntry[]>(store, keys.batches(id));
  await finish({ total: (batches.at(-1)?.last ?? -1) + 1, batches: batches.length });
  return { done: true };
}

const emptySource = {
  inputs: 'The job has no inputs.',
  prefix: 'There are no objects below the prefix.',
  manifest: 'The manifest has no inputs.',
} as const;
