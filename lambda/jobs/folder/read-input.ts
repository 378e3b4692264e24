import type { Gate } from '../../budget/gate.ts';
import { withReservation } from '../../budget/reservation.ts';
import { ServiceError } from '../../errors.ts';
import type { UrlFetcher } from '../../fetch/fetch.ts';
import type { ReadInput } from '../classify-input.ts';
import type { Owner } from '../ids.ts';
import type { UploadRows } from './store/uploads.ts';
import type { UploadFiles } from './upload-files.ts';
import { uploadNotFound } from './uploads.ts';

export interface InputSources {
  readonly uploads: Pick<UploadRows, 'get'>;
  readonly files: UploadFiles;
  readonly fetchUrl: UrlFetcher;
  /** A slot for each URL that is being fetched. */
  readonly fetches: Gate;
}

/**
 * Reads an upload of the owner of a job, or fetches a URL. An upload is kept for as long as the job needs it.
 */
export function createInputReader(
  { uploads, files, fetchUrl, fetches }: InputSources,
  owner: Owner,
): ReadInput {
  return async (input, take, signal, onSize) => {
    if ('url' in input) {
      const claim = { amount: 1, isHeavy: false, signal };
      await withReservation(fetches, claim, () => fetchUrl(input.url, take, signal));
    } else if ('upload_id' in input) {
      const upload = uploads.get(input.upload_id);
      if (upload?.owner !== owner) throw uploadNotFound(input.upload_id);
      onSize(upload.bytes);
      if (!(await readFile(() => files.read(input.upload_id, take, signal), signal)))
        throw uploadNotFound(input.upload_id);
    } else {
      throw new TypeError(
        'Expected an upload or a URL, got an object of S3, which no job of this server may have.',
      );
    }
  };
}

/** What the system lacks at the moment, such as file descriptors. */
const PASSING = ['EMFILE', 'ENFILE', 'ENOMEM', 'EAGAIN', 'EBUSY'];

/**
 * A file that the disk cannot read any more is the problem of its input, and not of the whole job. What the system lacks
 * for a moment is no problem of the input: it is tried again.
 */
async function readFile(read: () => Promise<boolean>, signal: AbortSignal): Promise<boolean> {
  try {
    return await read();
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof ServiceError) throw cause;
    if (PASSING.includes((cause as NodeJS.ErrnoException).code ?? ''))
      throw new ServiceError('overloaded', 'The service cannot open more files at the moment.', { cause });
    throw new ServiceError('internal', 'The file of the upload cannot be read any more.', { cause });
  }
}
