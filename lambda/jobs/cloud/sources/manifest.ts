import type { AllowedSource } from '../../../config/jobs.ts';
import { MAX_LINE_BYTES, parseLine, UnusableSource, wrongLine } from '../../sources/manifest-line.ts';
import { type ObjectStore, StorageError } from '../storage/object-store.ts';
import type { SourceInput } from './inputs.ts';

const LINE_FEED = 0x0a;
const BYTE_ORDER_MARK = '\uFEFF';

export interface ManifestPosition {
  /** Of the next line, from 1. */
  readonly number: number;
  /** Of its first byte. */
  readonly offset: number;
}

/**
 * The inputs of an uploaded manifest: UTF-8, one input a line, with any line breaks. Blank lines count as lines, but not
 * as inputs.
 *
 * @param start @default the first line
 */
export async function* manifestInputs(
  store: ObjectStore,
  key: string,
  start: ManifestPosition = { number: 1, offset: 0 },
  sources: readonly AllowedSource[],
): AsyncGenerator<readonly SourceInput[]> {
  let { number, offset } = start;
  const read = (line: Uint8Array, bytes: number): SourceInput[] => {
    const input = parseLine(textOf(line, number), number, sources);
    number += 1;
    offset += bytes;
    return input ? [{ input, next: { kind: 'line', number, offset } }] : [];
  };

  let rest: Buffer = Buffer.alloc(0);
  for await (const piece of piecesOf(store, key, offset)) {
    const bytes = Buffer.concat([rest, piece]);
    const inputs: SourceInput[] = [];
    let begin = 0;
    for (;;) {
      const end = bytes.indexOf(LINE_FEED, begin);
      if (end === -1) break;
      inputs.push(...read(bytes.subarray(begin, end), end + 1 - begin));
      begin = end + 1;
    }
    rest = bytes.subarray(begin);
    if (rest.byteLength > MAX_LINE_BYTES) textOf(rest, number);
    yield inputs;
  }
  yield read(rest, rest.byteLength);
}

async function* piecesOf(store: ObjectStore, key: string, from: number): AsyncGenerator<Uint8Array> {
  const head = await store.head(key);
  if (!head) throw new UnusableSource('The manifest was deleted before the job read it.');
  // S3 refuses to read what begins behind the last byte.
  if (from >= head.bytes) return;
  const object = await store.open(key, { from });
  if (!object) throw new StorageError('failed', 'The manifest was deleted while the job read it');
  try {
    yield* object.pieces;
  } finally {
    object.close();
  }
}

function textOf(line: Uint8Array, number: number): string {
  if (line.byteLength > MAX_LINE_BYTES) {
    throw wrongLine(number, `expected at most ${MAX_LINE_BYTES} bytes, got more`);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
    return number === 1 && text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
  } catch {
    throw wrongLine(number, 'expected UTF-8, got other bytes');
  }
}
