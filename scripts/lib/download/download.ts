import { createWriteStream } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sha256Of, syncDirectory } from '../system/files.ts';
import { DownloadError, describeFailure, requestRange } from './http-range.ts';

export interface DownloadRequest {
  readonly url: string;
  /**
   * Where the file is stored once its checksum is verified. Until then, the bytes are in `<file>.part`.
   */
  readonly file: string;
  /** Size in bytes. */
  readonly bytes: number;
  /** 64 lower-case hex digits. */
  readonly sha256: string;
}

export interface DownloadOptions {
  /** Requests before it gives up. @default 5 */
  readonly attempts?: number;
  /** Pause before the second request, in milliseconds. Doubles each time. @default 500 */
  readonly backoffMs?: number;
  /** Milliseconds without data after which a connection counts as dropped. @default 60000 */
  readonly stallTimeoutMs?: number;
  readonly onProgress?: (received: number) => void;
}

/**
 * Downloads to `<file>.part`, checks size and SHA-256, and then renames it to `file`. After a dropped
 * connection it resumes where it stopped. So does a later call, because the part stays on disk.
 *
 * @throws DownloadError in one line. After a wrong size or checksum the part is deleted. `file` is unchanged.
 */
export async function download(wanted: DownloadRequest, options: DownloadOptions = {}): Promise<void> {
  const part = `${wanted.file}.part`;
  await mkdir(dirname(wanted.file), { recursive: true });
  await receive(wanted, part, options);

  const sha256 = await sha256Of(part);
  if (sha256 !== wanted.sha256) {
    await discard(part);
    throw new DownloadError(
      `${wanted.url}: expected sha256 ${wanted.sha256}, got ${sha256}; the download was deleted, nothing was replaced`,
    );
  }
  await rename(part, wanted.file);
  await rm(validatorFile(part), { force: true });
  await syncDirectory(dirname(wanted.file));
}

async function receive(wanted: DownloadRequest, part: string, options: DownloadOptions): Promise<void> {
  const { attempts = 5, backoffMs = 500 } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await receiveOnce(wanted, part, options);
      return;
    } catch (error) {
      if (error instanceof DownloadError && !error.retryable) throw error;
      if (attempt >= attempts) {
        throw new DownloadError(
          `${wanted.url}: gave up after ${attempts} attempts with ${await sizeOf(part)} of ${wanted.bytes} bytes: ` +
            `${describeFailure(error)}; run the command again to resume`,
          { cause: error },
        );
      }
      await sleep(backoffMs * 2 ** (attempt - 1));
    }
  }
}

/** One request for the missing bytes. Resolves when the part is complete. */
async function receiveOnce(wanted: DownloadRequest, part: string, options: DownloadOptions): Promise<void> {
  if ((await sizeOf(part)) > wanted.bytes) await discard(part);
  const have = await sizeOf(part);
  if (have === wanted.bytes) return;

  const { stallTimeoutMs = 60_000, onProgress } = options;
  const answer = await requestRange(wanted.url, {
    from: have,
    etag: have > 0 ? await readValidator(part) : undefined,
    stallTimeoutMs,
  });
  if (answer.kind === 'unsatisfiable') {
    await discard(part);
    throw new DownloadError(`the server cannot resume from byte ${have}`, { retryable: true });
  }

  // A 200 is the whole file: the server ignores ranges, or the file has changed since the first request.
  let received = answer.kind === 'rest' ? have : 0;
  await writeFile(validatorFile(part), JSON.stringify({ etag: answer.etag }));
  onProgress?.(received);
  // `flush` syncs the bytes to the disk before the stream closes, and so before the rename.
  const sink = createWriteStream(part, { flags: received > 0 ? 'a' : 'w', flush: true });
  const closed = new Promise<void>((resolve, reject) => sink.once('close', resolve).once('error', reject));
  try {
    for await (const chunk of answer.body) {
      received += chunk.length;
      if (received > wanted.bytes) break;
      await new Promise<void>((resolve, reject) => sink.write(chunk, (e) => (e ? reject(e) : resolve())));
      onProgress?.(received);
    }
  } finally {
    // Also after a dropped connection, so that the next attempt can resume.
    sink.end();
    await closed;
  }
  if (received > wanted.bytes) {
    await discard(part);
    throw new DownloadError(
      `${wanted.url}: expected ${wanted.bytes} bytes, got more; the download was deleted, nothing was replaced`,
    );
  }
  if (received < wanted.bytes) {
    throw new DownloadError(`the connection closed at ${received} of ${wanted.bytes} bytes`, {
      retryable: true,
    });
  }
}

/** Keeps the ETag of the part, so that the rest comes from the same version of the file. */
const validatorFile = (part: string): string => `${part}.json`;

async function readValidator(part: string): Promise<string | undefined> {
  try {
    const { etag } = JSON.parse(await readFile(validatorFile(part), 'utf8')) as { etag?: unknown };
    return typeof etag === 'string' ? etag : undefined;
  } catch {
    // Without an ETag the rest is requested unconditionally. The checksum detects a mixture of two versions.
    return undefined;
  }
}

async function discard(part: string): Promise<void> {
  await Promise.all([rm(part, { force: true }), rm(validatorFile(part), { force: true })]);
}

async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
