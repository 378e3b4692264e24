import type { TakePiece } from '../fetch/fetch.ts';

/**
 * Passes the pieces of a body to `take`, in order. Rejects with what `take` throws, or with its own error if the body
 * ends early.
 *
 * @param waitsForMemory whether it is memory that `take` waits for. Here it is the disk.
 */
export type ReadBody = (take: TakePiece, waitsForMemory?: () => boolean) => Promise<void>;

/** Takes the files of uploads, if it is this service that clients send them to: `<baseUrl>uploads/<id>?token=<token>`. */
export interface UploadReceiver {
  /**
   * Takes the file of an upload. When it resolves, the file is on disk for good. Until it expires, an upload may be sent
   * again, and the last file counts.
   *
   * @param id as it came; it need not be an id at all.
   * @param token the query parameter, as it came.
   * @param headers that were announced when the upload was created.
   * @throws ServiceError `forbidden` if the id and the token do not belong together or the upload has expired;
   *   `invalid_request` for another number of bytes or another content type than announced; `overloaded` while the
   *   file is being sent already; `storage_full`; what `read` throws.
   */
  receive(
    id: string,
    token: string | undefined,
    headers: { readonly contentType: string | undefined; readonly contentLength: string | undefined },
    read: ReadBody,
  ): Promise<void>;
}
