import { addAbortSignal } from 'node:stream';
import { createGunzip, createInflate } from 'node:zlib';
import { ServiceError } from '../../errors.ts';
import type { BodyReader } from '../body/source.ts';
import { inBlocks } from './blocks.ts';
import type { ContentCoding } from './content-coding.ts';

const DECOMPRESSORS = { gzip: createGunzip, deflate: createInflate };
const FORMATS = { gzip: 'gzip data', deflate: 'zlib data, as Content-Encoding: deflate says' };
const CHUNK_BYTES = 32 * 1024;

/** What one decompression holds: zlib's window and state (42 KiB), a block of input and chunks of output. */
export const DECOMPRESSION_BYTES = 160 * 1024;

/**
 * Decompresses a body while it is read, and passes the bytes on. The sender waits until all that it has sent is
 * decompressed, so memory does not depend on how far the body expands.
 *
 * @param signal ends the decompression at once.
 * @throws ServiceError `invalid_request` for data that is damaged, incomplete or followed by something else. Also
 *   what `read` and `take` throw.
 */
export async function decompress(
  read: BodyReader,
  coding: ContentCoding,
  signal: AbortSignal,
  take: (bytes: Uint8Array) => Promise<void> | undefined,
): Promise<void> {
  const stream = DECOMPRESSORS[coding]({ chunkSize: CHUNK_BYTES });
  addAbortSignal(signal, stream);
  const takeAll = async () => {
    for await (const bytes of stream) await take(bytes);
  };
  const output = takeAll().catch((cause) => {
    throw isFromZlib(cause) ? damaged(coding, cause) : cause;
  });
  // Whoever waits for the output gets its error, perhaps later.
  output.catch(() => {});
  stream.on('error', () => {});

  let written = 0;
  const blocks = inBlocks(async (block) => {
    await new Promise<void>((resolve) => {
      // After an error, only `close` comes.
      stream.once('close', resolve);
      stream.write(block, () => {
        stream.off('close', resolve);
        resolve();
      });
    });
    if (stream.destroyed) await output;
    written += block.byteLength;
    // zlib stops at the end of the compressed data.
    if (stream.bytesWritten < written) throw damaged(coding);
  });
  try {
    await read(blocks.add);
    await blocks.flush();
    stream.end();
    await output;
  } finally {
    stream.destroy();
  }
}

const isFromZlib = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');

function damaged(coding: ContentCoding, cause?: unknown): ServiceError {
  return new ServiceError('invalid_request', `Expected a body of complete and valid ${FORMATS[coding]}.`, {
    cause,
  });
}
