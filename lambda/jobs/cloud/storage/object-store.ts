/** The objects of one bucket, by their keys. Every operation throws {@link StorageError}, or the reason of its signal. */
export interface ObjectStore {
  /** Writes an object, or replaces it. */
  put(key: string, body: string | Uint8Array): Promise<void>;
  /** Writes an object unless there is one. @returns whether it was written. */
  create(key: string, body: string): Promise<boolean>;
  /** Writes a large object from its pieces. It appears when all of it is there. */
  merge(key: string, pieces: AsyncIterable<Uint8Array>, contentType: string): Promise<void>;
  /** @returns undefined if there is no such object. */
  head(key: string): Promise<ObjectHead | undefined>;
  /**
   * Opens an object for reading. Whoever opens it closes it.
   *
   * @returns undefined if there is no such object.
   */
  open(key: string, options?: OpenOptions): Promise<OpenObject | undefined>;
  /** The objects whose keys begin with `prefix`, page by page, in the order of the bytes of their keys. */
  list(prefix: string, options?: ListOptions): AsyncIterable<readonly ListedObject[]>;
  /** A URL that takes one file, with exactly this type and this number of bytes. */
  presignPut(
    key: string,
    file: { readonly bytes: number; readonly contentType: string },
  ): Promise<PresignedUrl>;
  /** A URL that gives the object. */
  presignGet(key: string): Promise<PresignedUrl>;
}

/** The store of a bucket. */
export type Buckets = (bucket: string) => ObjectStore;

export interface ObjectHead {
  readonly bytes: number;
  readonly lastModified: Date;
}

export interface OpenOptions {
  /** The first byte to read. @default 0 */
  readonly from?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface OpenObject extends ObjectHead {
  readonly pieces: AsyncIterable<Uint8Array>;
  close(): void;
}

export interface ListOptions {
  /** Only keys after this one. */
  readonly after?: string | undefined;
}

export interface ListedObject {
  readonly key: string;
  readonly bytes: number;
}

export interface PresignedUrl {
  readonly url: string;
  /** Earlier if the credentials that signed it end earlier. */
  readonly expiresAt: Date;
}

/** Why storage gave no answer: it refused, there is no such bucket, or it failed. */
export type StorageFailure = 'refused' | 'no bucket' | 'failed';

/**
 * It is about the service and not about an input. The state machine knows it by its name, and does not split a batch
 * because of it.
 */
export class StorageError extends Error {
  override readonly name = 'StorageError';
  readonly kind: StorageFailure;

  constructor(kind: StorageFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}
