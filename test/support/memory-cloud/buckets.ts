import {
  type Buckets,
  type ObjectStore,
  type PresignedUrl,
  StorageError,
} from '../../../lambda/jobs/cloud/storage/object-store.ts';

const PAGE = 1000;
const PIECE_BYTES = 64 * 1024;
const UPLOAD_MS = 15 * 60_000;
const DOWNLOAD_MS = 3_600_000;
const ORIGIN = 'https://s3.memory';

interface MemoryObject {
  readonly body: Uint8Array;
  readonly lastModified: Date;
  readonly contentType: string | undefined;
}

export interface MemoryBuckets extends Buckets {
  /** The objects of a bucket by their keys. A bucket that nobody has used does not exist. */
  readonly objects: (bucket: string) => Map<string, MemoryObject>;
  readonly text: (bucket: string, key: string) => string | undefined;
  /** Uses a presigned URL. */
  request(url: string, init?: RequestInit): Promise<Response>;
  /** Called before each operation. What it throws is how the operation fails. */
  beforeOperation: (operation: string, bucket: string, key: string) => void;
}

/** Buckets of S3 in memory. */
export function createMemoryBuckets(): MemoryBuckets {
  const all = new Map<string, Map<string, MemoryObject>>();
  const objects = (bucket: string): Map<string, MemoryObject> => {
    const known = all.get(bucket);
    if (known) return known;
    const created = new Map<string, MemoryObject>();
    all.set(bucket, created);
    return created;
  };
  const presigned = (parameters: Record<string, string | number>): PresignedUrl => {
    const lifeMs = parameters['method'] === 'PUT' ? UPLOAD_MS : DOWNLOAD_MS;
    const expiresAt = new Date(Date.now() + lifeMs);
    const query = new URLSearchParams({ ...parameters, expires: String(expiresAt.getTime()) } as Record<
      string,
      string
    >);
    return { url: `${ORIGIN}/?${query}`, expiresAt };
  };

  const storeOf = (bucket: string): ObjectStore => {
    const reach = (operation: string, key: string): Map<string, MemoryObject> => {
      buckets.beforeOperation(operation, bucket, key);
      const known = all.get(bucket);
      if (!known) throw new StorageError('no bucket', `There is no bucket ${bucket}`);
      return known;
    };
    const head = (object: MemoryObject) => ({
      bytes: object.body.byteLength,
      lastModified: object.lastModified,
    });
    return {
      async put(key, body) {
        reach('put', key).set(key, stored(body));
      },
      async create(key, body) {
        const known = reach('create', key);
        if (known.has(key)) return false;
        known.set(key, stored(body));
        return true;
      },
      async merge(key, pieces, contentType) {
        const known = reach('merge', key);
        const collected: Uint8Array[] = [];
        for await (const piece of pieces) collected.push(piece);
        known.set(key, stored(Buffer.concat(collected), contentType));
      },
      async head(key) {
        const object = reach('head', key).get(key);
        return object && head(object);
      },
      async open(key, { from = 0, signal } = {}) {
        signal?.throwIfAborted();
        const object = reach('open', key).get(key);
        if (!object) return undefined;
        const bytes = object.body.subarray(from);
        return { ...head(object), bytes: bytes.byteLength, pieces: piecesOf(bytes, signal), close() {} };
      },
      async *list(prefix, { after = '' } = {}) {
        const found = [...reach('list', prefix)]
          .filter(([key]) => key.startsWith(prefix) && byBytes(key, after) > 0)
          .sort(([a], [b]) => byBytes(a, b))
          .map(([key, { body }]) => ({ key, bytes: body.byteLength }));
        for (let start = 0; start < found.length; start += PAGE) yield found.slice(start, start + PAGE);
      },
      async presignPut(key, { bytes, contentType }) {
        return presigned({ method: 'PUT', bucket, key, bytes, type: contentType });
      },
      async presignGet(key) {
        return presigned({ method: 'GET', bucket, key });
      },
    };
  };

  const buckets: MemoryBuckets = Object.assign(storeOf, {
    objects,
    text: (bucket: string, key: string) => {
      const object = objects(bucket).get(key);
      return object && Buffer.from(object.body).toString('utf8');
    },
    beforeOperation: () => {},
    async request(url: string, init: RequestInit = {}) {
      const query = new URL(url).searchParams;
      const parameter = (name: string) => query.get(name) ?? '';
      const request = new Request(url, init);
      const isValid =
        url.startsWith(ORIGIN) &&
        request.method === parameter('method') &&
        Number(parameter('expires')) > Date.now();
      if (!isValid) return refusal();
      const known = objects(parameter('bucket'));
      const key = parameter('key');
      if (request.method === 'GET') {
        const object = known.get(key);
        return new Response(object && Buffer.from(object.body), {
          status: object ? 200 : 404,
          headers: { 'content-type': object?.contentType ?? 'application/octet-stream' },
        });
      }
      const body = new Uint8Array(await request.arrayBuffer());
      const contentType = request.headers.get('content-type');
      if (body.byteLength !== Number(parameter('bytes')) || contentType !== parameter('type'))
        return refusal();
      known.set(key, stored(body, contentType));
      return new Response(null, { status: 200 });
    },
  });
  return buckets;
}

const refusal = (): Response =>
  new Response('<Error><Code>SignatureDoesNotMatch</Code></Error>', { status: 403 });

function stored(body: string | Uint8Array, contentType?: string): MemoryObject {
  return { body: Buffer.from(body as string), lastModified: new Date(), contentType };
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

async function* piecesOf(bytes: Uint8Array, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.byteLength; start += PIECE_BYTES) {
    signal?.throwIfAborted();
    yield bytes.subarray(start, start + PIECE_BYTES);
  }
}
