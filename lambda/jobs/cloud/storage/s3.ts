import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { Buckets, ObjectHead, PresignedUrl } from './object-store.ts';
import { asStorageError, isConflict, isMissing, isTaken } from './s3-errors.ts';

const UPLOAD_SECONDS = 15 * 60;
const DOWNLOAD_SECONDS = 3600;

/** A file may have 10,000 pieces, so 80 GiB. Four of them are in memory. */
const PIECE_BYTES = 8 * 2 ** 20;
const PIECES_AT_ONCE = 4;

/** Without these, the SDK waits until the function is ended. */
const CONNECTION_MS = 5000;
const SILENCE_MS = 60_000;

const MAX_CONFLICTS = 5;
const CONFLICT_PAUSE_MS = 100;

/** What S3 says of an object, as the SDK names it. */
interface HeadOutput {
  readonly ContentLength?: number | undefined;
  readonly LastModified?: Date | undefined;
}

/**
 * @returns a client as {@link s3Buckets} needs it. With the checksums that the SDK adds by default, a presigned URL would
 *   have the checksum of an empty file, and no other file could be sent.
 */
export const createS3Client = (): S3Client =>
  new S3Client({
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // A bucket with photos may be in another region.
    followRegionRedirects: true,
    requestHandler: { connectionTimeout: CONNECTION_MS, socketTimeout: SILENCE_MS },
  });

/** Buckets of S3. */
export const s3Buckets =
  (client: S3Client): Buckets =>
  (bucket) => {
    const target = (key: string) => ({ Bucket: bucket, Key: key });
    // Without the length, the SDK writes a warning into the log for each empty body.
    const content = (body: string | Uint8Array) => ({ Body: body, ContentLength: Buffer.byteLength(body) });

    async function presigned(
      command: PutObjectCommand | GetObjectCommand,
      seconds: number,
      signableHeaders: readonly string[] = [],
    ): Promise<PresignedUrl> {
      const signedAt = Date.now();
      const url = await getSignedUrl(client, command, {
        expiresIn: seconds,
        signableHeaders: new Set(signableHeaders),
      }).catch(asStorageError('sign a URL for', bucket));
      const { expiration } = await client.config.credentials();
      const lastMs = Math.min(signedAt + seconds * 1000, expiration?.getTime() ?? Number.POSITIVE_INFINITY);
      return { url, expiresAt: new Date(lastMs) };
    }

    return {
      async put(key, body) {
        await client
          .send(new PutObjectCommand({ ...target(key), ...content(body) }))
          .catch(asStorageError('write to', bucket));
      },
      async create(key, body) {
        const command = new PutObjectCommand({ ...target(key), ...content(body), IfNoneMatch: '*' });
        for (let conflicts = 0; ; conflicts += 1) {
          try {
            await client.send(command);
            return true;
          } catch (error) {
            if (isTaken(error)) return false;
            if (!isConflict(error) || conflicts === MAX_CONFLICTS) asStorageError('write to', bucket)(error);
          }
          // Another request is writing the same object. Only a new attempt shows whether it will have succeeded.
          await sleep(CONFLICT_PAUSE_MS);
        }
      },
      async merge(key, pieces, contentType) {
        const upload = new Upload({
          client,
          params: {
            ...target(key),
            Body: Readable.from(pieces, { objectMode: false }),
            ContentType: contentType,
          },
          partSize: PIECE_BYTES,
          queueSize: PIECES_AT_ONCE,
        });
        await upload.done().catch(asStorageError('write to', bucket));
      },
      async head(key) {
        try {
          return headOf(await client.send(new HeadObjectCommand(target(key))));
        } catch (error) {
          return isMissing(error) ? undefined : asStorageError('read', bucket)(error);
        }
      },
      async open(key, { from = 0, signal } = {}) {
        const range = from > 0 ? { Range: `bytes=${from}-` } : {};
        const options = signal ? { abortSignal: signal } : {};
        try {
          const output = await client.send(new GetObjectCommand({ ...target(key), ...range }), options);
          const body = output.Body as Readable;
          // Whoever has closed it listens no longer.
          body.on('error', () => {});
          return {
            ...headOf(output),
            pieces: piecesOf(body, bucket, signal),
            close: () => void body.destroy(),
          };
        } catch (error) {
          signal?.throwIfAborted();
          return isMissing(error) ? undefined : asStorageError('read', bucket)(error);
        }
      },
      async *list(prefix, { after } = {}) {
        const start = after === undefined ? {} : { StartAfter: after };
        const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, ...start });
        try {
          for await (const { Contents = [] } of pages) {
            yield Contents.map(({ Key = '', Size = 0 }) => ({ key: Key, bytes: Size }));
          }
        } catch (error) {
          asStorageError('list', bucket)(error);
        }
      },
      presignPut: (key, { bytes, contentType }) =>
        presigned(
          new PutObjectCommand({ ...target(key), ContentLength: bytes, ContentType: contentType }),
          UPLOAD_SECONDS,
          // The SDK leaves out the type if it is not told.
          ['content-length', 'content-type'],
        ),
      presignGet: (key) => presigned(new GetObjectCommand(target(key)), DOWNLOAD_SECONDS),
    };
  };

async function* piecesOf(
  body: Readable,
  bucket: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  try {
    for await (const piece of body) {
      signal?.throwIfAborted();
      yield piece as Uint8Array;
    }
  } catch (error) {
    signal?.throwIfAborted();
    asStorageError('read', bucket)(error);
  }
}

const headOf = ({ ContentLength = 0, LastModified = new Date(0) }: HeadOutput): ObjectHead => ({
  bytes: ContentLength,
  lastModified: LastModified,
});
