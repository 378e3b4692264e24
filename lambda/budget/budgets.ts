import { createGate, type Gate } from './gate.ts';

const MIB = 2 ** 20;

/**
 * What Node.js, the libraries, the model and its runs take, measured at 32 clients with small photos: 200 to 310 MiB
 * (`npm run bench`), and room for the connections.
 */
const PROCESS_BYTES = 320 * MIB;
/** The shares of the rest. What is left over is for what allocators keep and for what V8 has not collected yet. */
const BODY_SHARE = 0.25;
const DECODE_SHARE = 0.6;
/** Enough for a photo of a phone, however little memory there is. */
const LEAST_BODY_BYTES = 24 * MIB;
const LEAST_DECODE_BYTES = 64 * MIB;

/** Large bodies and pictures may have so much of the memory; the rest is kept for normal photos. */
const HEAVY_SHARE = 0.75;
/** A buffer that grows for the last time needs one and a half times its final size. */
const GROWTH = 1.5;

const BODY_WAIT_MS = 2000;
const PREDICTION_WAIT_MS = 2000;
/** Waits for the decoder; how many wait is bounded by the predictions in flight. */
const DECODE_WAIT_MS = 10_000;
const MAX_WAITING_BODIES = 32;

export interface MemoryPlan {
  /** For request bodies and fetched images, all together. */
  readonly bodyBytes: number;
  /** For the working memory of the decoders, all together. */
  readonly decodeBytes: number;
  /** The largest body that fits into its share. */
  readonly maxBodyBytes: number;
  /** The most that decoding one image may take. */
  readonly maxDecodeBytes: number;
}

/**
 * Divides the memory that the process may use.
 *
 * @param limitBytes of the container, of the Lambda function, or by setting.
 * @param addressShare what one client address may have of the bodies, 0..1.
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
  /** Images that are decoded at a time. */
  readonly decoders: number;
}

/** What all requests share. Each request reserves its part before it spends it. */
export interface Budgets {
  /** Bytes of request bodies and fetched images. */
  readonly bodies: Gate;
  /** Images on their way from a complete body to an answer. */
  readonly predictions: Gate;
  /** Images whose URL is being fetched. */
  readonly fetches: Gate;
  /** Decoders at work, and the bytes that they work in. */
  readonly decoders: Gate;
  readonly decodeMemory: Gate;
}

export function createBudgets({ memory, addressShare, maxInFlight, decoders }: BudgetSettings): Budgets {
  const inFlight = `The service already works on ${maxInFlight} images. Try again.`;
  const decoding = 'The service is busy decoding other images. Try again.';
  return {
    bodies: createGate({
      capacity: memory.bodyBytes,
      heavyCapacity: Math.floor(memory.bodyBytes * HEAVY_SHARE),
      ownerCapacity: Math.floor(memory.bodyBytes * addressShare),
      maxWaiting: MAX_WAITING_BODIES,
      maxWaitMs: BODY_WAIT_MS,
      refusal: 'Too many request bodies are being received, in all or from your address. Try again.',
    }),
    predictions: createGate({
      capacity: maxInFlight,
      heavyCapacity: Math.max(1, Math.floor(maxInFlight / 2)),
      maxWaiting: maxInFlight,
      maxWaitMs: PREDICTION_WAIT_MS,
      refusal: inFlight,
    }),
    fetches: createGate({ capacity: maxInFlight, maxWaiting: 0, maxWaitMs: 0, refusal: inFlight }),
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
