import { createGate, type Gate } from './gate.ts';

const MIB = 2 ** 20;

/**
 * For Node.js, the libraries, the model and its runs: about 200 MiB with 32 clients and small photos (`npm run
 * bench`), and room for connections and for other processors.
 */
const PROCESS_BYTES = 320 * MIB;
/**
 * Shares of the memory that is left. The remainder is for what allocators keep or V8 has not collected yet.
 */
const BODY_SHARE = 0.25;
const DECODE_SHARE = 0.6;
/** Enough for a phone photo, even with very little memory. */
const LEAST_BODY_BYTES = 24 * MIB;
const LEAST_DECODE_BYTES = 64 * MIB;

/** Share of the memory that large bodies and pictures may use. The rest is kept for normal photos. */
const HEAVY_SHARE = 0.75;
/** When a buffer grows for the last time, it needs one and a half times its final size. */
const GROWTH = 1.5;

/**
 * With one image each, these fill two runs of the model: the one in progress and the next. Decoding more images
 * ahead takes memory, and no client gets its answer sooner.
 */
const DECODED_REQUESTS = 8;

const BODY_WAIT_MS = 2000;
const PREDICTION_WAIT_MS = 2000;
/** For the turn to be decoded, and for a decoder. The number of predictions in flight limits how many images wait. */
const DECODE_WAIT_MS = 10_000;
const MAX_WAITING_BODIES = 32;

export interface MemoryPlan {
  /** For all request bodies and fetched images together. */
  readonly bodyBytes: number;
  /** For the working memory of all decoders together. */
  readonly decodeBytes: number;
  /** The largest body that can be received. */
  readonly maxBodyBytes: number;
  /** The most working memory for decoding one image. */
  readonly maxDecodeBytes: number;
}

/**
 * Divides the memory that the process may use.
 *
 * @param limitBytes the memory of the container or of the Lambda function, or the setting.
 * @param addressShare the share of `bodyBytes` that one client address may use, 0..1.
 */
export function planMemory(limitBytes: number, addressShare: number): MemoryPlan {
  const free = Math.max(0, limitBytes - PROCESS_BYTES);
  const bodyBytes = Math.max(LEAST_BODY_BYTES, Math.floor(free * BODY_SHARE));
  const decodeBytes = Math.max(LEAST_DECODE_BYTES, Math.floor(free * DECODE_SHARE));
  return {
    bodyBytes,
    decodeBytes,
    maxBodyBytes: Math.floor((bodyBytes * Math.min(HEAVY_SHARE, addressShare)) / GROWTH),
    maxDecodeBytes: Math.floor(decodeBytes * HEAVY_SHARE),
  };
}

export interface BudgetSettings {
  readonly memory: MemoryPlan;
  readonly addressShare: number;
  readonly maxInFlight: number;
  /** The most images that are decoded at the same time. */
  readonly decoders: number;
}

/** What all requests share. Each request reserves its part before it uses it. */
export interface Budgets {
  /** Bytes of request bodies and fetched images. */
  readonly bodies: Gate;
  /** Images being predicted, from the complete request body to the response. */
  readonly predictions: Gate;
  /** Images whose URL is being fetched. */
  readonly fetches: Gate;
  /** Requests whose images are decoded, or being decoded, and not classified yet. */
  readonly decoded: Gate;
  /** Decoders at work. */
  readonly decoders: Gate;
  /** Bytes of the working memory of decoders, and of reading metadata. */
  readonly decodeMemory: Gate;
}

export function createBudgets({ memory, addressShare, maxInFlight, decoders }: BudgetSettings): Budgets {
  const inFlight = `The service is already working on ${maxInFlight} images. Try again.`;
  const decoding = 'The service is busy decoding other images. Try again.';
  return {
    bodies: createGate({
      capacity: memory.bodyBytes,
      heavyCapacity: Math.floor(memory.bodyBytes * HEAVY_SHARE),
      ownerCapacity: Math.floor(memory.bodyBytes * addressShare),
      maxWaiting: MAX_WAITING_BODIES,
      maxWaitMs: BODY_WAIT_MS,
      refusal: 'The service is receiving too many request bodies, in total or from your address. Try again.',
    }),
    predictions: createGate({
      capacity: maxInFlight,
      heavyCapacity: Math.max(1, Math.floor(maxInFlight / 2)),
      maxWaiting: maxInFlight,
      maxWaitMs: PREDICTION_WAIT_MS,
      refusal: inFlight,
    }),
    fetches: createGate({ capacity: maxInFlight, maxWaiting: 0, maxWaitMs: 0, refusal: inFlight }),
    decoded: createGate({
      capacity: DECODED_REQUESTS,
      // A photo finds room in the next run, even if the images of other requests take long to decode.
      heavyCapacity: DECODED_REQUESTS / 2,
      maxWaiting: Number.POSITIVE_INFINITY,
      maxWaitMs: DECODE_WAIT_MS,
      refusal: decoding,
    }),
    decoders: createGate({
      capacity: decoders,
      heavyCapacity: Math.max(1, decoders - 1),
      maxWaiting: Number.POSITIVE_INFINITY,
      maxWaitMs: DECODE_WAIT_MS,
      refusal: decoding,
    }),
    decodeMemory: createGate({
      capacity: memory.decodeBytes,
      heavyCapacity: Math.floor(memory.decodeBytes * HEAVY_SHARE),
      maxWaiting: Number.POSITIVE_INFINITY,
      maxWaitMs: DECODE_WAIT_MS,
      refusal: decoding,
    }),
  };
}
