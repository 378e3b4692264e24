import { ServiceError } from '../../errors.ts';

/** Primary result codes of SQLite: sqlite.org/rescode.html. The extended ones have them in their low byte. */
const SQLITE = { busy: 5, readOnly: 8, ioError: 10, corrupt: 11, full: 13, cannotOpen: 14, notADatabase: 26 };
const PRIMARY_CODE = 0xff;

/** The folder cannot be used. The message is for the operator; it has the path. */
export class FolderError extends Error {
  override readonly name = 'FolderError';

  constructor(expected: string, options?: ErrorOptions) {
    super(`DATA_DIR: expected ${expected}; see docs/troubleshooting.md#data_dir-cannot-be-used`, options);
  }
}

function sqliteCode(error: unknown): number | undefined {
  const { code, errcode } = error as { readonly code?: unknown; readonly errcode?: unknown };
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & PRIMARY_CODE : undefined;
}

const systemCode = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** @param cause undefined if the setting DATA_MIB is what there is no room in. */
export const storageFull = (detail: string, cause?: unknown): ServiceError =>
  new ServiceError('storage_full', detail, { cause });

const DISK_FULL = 'The disk of the service is full. Try again later.';

/** Whether there was no room on the disk or in the folder. */
export const isFull = (error: unknown): boolean =>
  (error instanceof ServiceError && error.code === 'storage_full') ||
  sqliteCode(error) === SQLITE.full ||
  ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(systemCode(error) ?? '');

/** `storage_full` for an error of the disk that means it; any other error as it is. */
export function asStorageError(error: unknown): unknown {
  return isFull(error) && !(error instanceof ServiceError) ? storageFull(DISK_FULL, error) : error;
}

/** Says what is wrong with the folder, for whoever operates the service. */
export function explainFolder(folder: string, error: unknown): FolderError {
  return new FolderError(expectation(folder, error), { cause: error });
}

function expectation(folder: string, error: unknown): string {
  const database = `${folder}/jobs.sqlite`;
  switch (sqliteCode(error)) {
    case SQLITE.busy:
      return `a folder for this process alone, but another process is using ${folder}`;
    case SQLITE.readOnly:
    case SQLITE.cannotOpen:
      return `a database that can be written, but ${database} cannot be`;
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return `a database in ${database}, but the file is damaged. Move it away to begin with no uploads and jobs`;
    case SQLITE.full:
      return `room for ${database}, but the disk is full`;
    case SQLITE.ioError:
      return `a disk that works for ${database}, but reading or writing failed`;
    default:
      return folderExpectation(folder, error);
  }
}

function folderExpectation(folder: string, error: unknown): string {
  const code = systemCode(error);
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return `a folder, but ${folder} is a file or is below one`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `a folder that can be written, but ${folder} cannot be (${code})`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `room for ${folder}, but the disk is full`;
    default:
      return `a folder that works, but ${folder} failed: ${(error as Error).message}`;
  }
}
