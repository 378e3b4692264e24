import { createReadStream } from 'node:fs';

export interface FileRecord {
  /** Without the line break. */
  readonly text: string;
  /** The position in the file after its line break, in bytes. */
  readonly end: number;
}

const CHUNK_BYTES = 2 ** 20;
const LINE_FEED = 0x0a;
const QUOTE = 0x22;

/** The complete records of a file. What follows the last line break is left out. */
export async function* readRecords(path: string, hasQuotes: boolean): AsyncGenerator<FileRecord> {
  const endOf = hasQuotes ? quotedEnd : (bytes: Buffer, start: number) => bytes.indexOf(LINE_FEED, start);
  let rest = Buffer.alloc(0);
  let position = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
    const bytes = Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    for (let end = endOf(bytes, start); end >= 0; end = endOf(bytes, start)) {
      const text = bytes.toString('utf8', start, end).replace(/\r$/, '');
      start = end + 1;
      yield { text, end: position + start };
    }
    position += start;
    rest = bytes.subarray(start);
  }
}

/** A doubled quote in a cell closes it and opens it again. @returns -1 without an end. */
function quotedEnd(bytes: Buffer, start: number): number {
  let isQuoted = false;
  for (let index = start; index < bytes.length; index += 1) {
    if (bytes[index] === QUOTE) isQuoted = !isQuoted;
    else if (bytes[index] === LINE_FEED && !isQuoted) return index;
  }
  return -1;
}
