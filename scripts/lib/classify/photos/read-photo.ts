import { readFile, stat } from 'node:fs/promises';
import { ServiceError } from '../../../../lambda/errors.ts';
import { requireByteCount } from '../../../../lambda/images/limits.ts';

/** `ERR_INVALID_ARG_VALUE`: the path has a null character. */
const NOT_THERE = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE'];
const NOT_ALLOWED = ['EACCES', 'EPERM'];

/**
 * The bytes of a photo. Does not read a file that is too large, or a pipe, which might never end.
 *
 * @throws ServiceError `not_found`, `forbidden`, `image_too_large`; `invalid_request` for what is no file; `internal`
 *   if the disk fails.
 */
export async function readPhoto(file: string, maxImageBytes: number): Promise<Uint8Array> {
  try {
    const facts = await stat(file);
    if (!facts.isFile()) {
      const what = facts.isDirectory() ? 'a folder' : 'a device or a pipe';
      throw new ServiceError('invalid_request', `Expected a file, got ${what}.`);
    }
    requireByteCount(facts.size, maxImageBytes);
    return await readFile(file);
  } catch (cause) {
    if (cause instanceof ServiceError) throw cause;
    const { code = 'unknown error' } = cause as NodeJS.ErrnoException;
    if (NOT_THERE.includes(code)) {
      throw new ServiceError('not_found', 'Expected a file at this path, got none.', { cause });
    }
    if (NOT_ALLOWED.includes(code)) {
      throw new ServiceError('forbidden', 'Expected a file that this user may read, got no permission.', {
        cause,
      });
    }
    throw new ServiceError('internal', `Expected a file that can be read, got ${code}.`, { cause });
  }
}
