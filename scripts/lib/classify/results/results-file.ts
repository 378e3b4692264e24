import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** A file that only grows, by whole texts. */
export interface ResultsFile {
  /** @throws Error in one line if the text cannot be written. The file then ends before it. */
  append(text: string): Promise<void>;
  /** Waits until everything is on the disk. */
  close(): Promise<void>;
}

const GOES_ON = '. The same command goes on after those that are there.';

/**
 * Opens a file to go on after `end`, and cuts off what follows. Each text is one write, so a process that is killed
 * leaves at most a part of its last text.
 *
 * @param end in bytes.
 * @throws Error in one line if the file cannot be written.
 */
export async function openResults(path: string, end: number): Promise<ResultsFile> {
  const failed = (cause: unknown, advice = '') => {
    const { code, message } = cause as NodeJS.ErrnoException;
    return new Error(`${path}: the results cannot be written (${code ?? message})${advice}`, { cause });
  };
  let file: FileHandle;
  try {
    file = await open(path, constants.O_WRONLY | constants.O_CREAT);
    await file.truncate(end);
  } catch (cause) {
    throw failed(cause);
  }
  let position = end;

  return {
    async append(text) {
      const bytes = Buffer.from(text);
      try {
        for (let written = 0; written < bytes.length; ) {
          const { bytesWritten } = await file.write(
            bytes,
            written,
            bytes.length - written,
            position + written,
          );
          written += bytesWritten;
        }
      } catch (cause) {
        // If this fails too, the next run cuts it off.
        await file.truncate(position).catch(() => {});
        throw failed(cause, GOES_ON);
      }
      position += bytes.length;
    },
    async close() {
      try {
        await file.sync();
      } catch (cause) {
        throw failed(cause, GOES_ON);
      } finally {
        await file.close();
      }
    },
  };
}
