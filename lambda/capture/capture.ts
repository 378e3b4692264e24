import type { LookupFunction } from 'node:net';
import type { Gate } from '../budget/gate.ts';
import type { CaptureSettings } from '../config/capture.ts';
import type { CaptureLoss } from '../telemetry/requests.ts';
import { type CapturedImage, objectOf } from './object.ts';

export type { CapturedImage } from './object.ts';

export interface Capture {
  /**
   * Stores a copy of the image if it belongs to the sample. Returns immediately: neither the request nor its
   * memory waits for S3, and no error reaches them.
   */
  readonly offer: (image: CapturedImage) => void;
  /**
   * Waits for the images that are being stored.
   *
   * @param withinMs those that take longer are abandoned. @default the time limit of each image
   */
  readonly finish: (withinMs?: number) => Promise<void>;
}

export interface CaptureDependencies {
  /** The copies reserve their memory here, and never wait for it. */
  readonly memory: Pick<Gate, 'tryReserve'>;
  readonly onLoss: (loss: CaptureLoss) => void;
  /** Finds the addresses of S3 until the signal aborts. @default the C library */
  readonly lookupUntil?: (signal: AbortSignal) => LookupFunction;
  /** From 0 to 1. An image whose number is below the share is stored. @default Math.random */
  readonly random?: () => number;
}

/**
 * For one image, from the copy to the answer of S3. Within a region, others measured 60 to 133 ms for 60 kB
 * (kkc.github.io/2020/03/16/s3-latency).
 */
const STORE_MS = 1000;
/** A batch of the largest size. */
const MAX_AT_ONCE = 16;
/** If S3 is down, a line for each image would flood the log. */
const REPORT_EVERY_MS = 60_000;

/**
 * Keeps a random sample of the images. It does not depend on the request id: clients may choose that, and
 * could fill the bucket.
 */
export function createCapture(
  settings: CaptureSettings,
  { memory, onLoss, lookupUntil, random = Math.random }: CaptureDependencies,
): Capture {
  const stores = new Map<Promise<void>, AbortController>();
  const lost = { failed: 0, skipped: 0 };
  let reportedAt = Number.NEGATIVE_INFINITY;

  function lose(kind: keyof typeof lost, reason: string): void {
    lost[kind] += 1;
    if (performance.now() - reportedAt < REPORT_EVERY_MS) return;
    reportedAt = performance.now();
    onLoss({ ...lost, reason });
    lost.failed = 0;
    lost.skipped = 0;
  }

  async function store(image: CapturedImage, signal: AbortSignal): Promise<void> {
    try {
      // A service that captures no image never loads the code that signs requests.
      const { putObject } = await import('./put-object.ts');
      const object = objectOf(image, new Date());
      await putObject(settings, object, image.bytes, signal, lookupUntil?.(signal));
    } catch (error) {
      lose('failed', (error as Error).message);
    }
  }

  function start(image: CapturedImage, done: () => void): void {
    const controller = new AbortController();
    const timer = setTimeout(
      () => controller.abort(new Error(`S3 did not answer within ${STORE_MS} ms`)),
      STORE_MS,
    );
    const stored = store(image, controller.signal).finally(() => {
      clearTimeout(timer);
      stores.delete(stored);
      done();
    });
    stores.set(stored, controller);
  }

  return {
    offer(image) {
      if (random() >= settings.share) return;
      if (stores.size >= MAX_AT_ONCE) {
        lose('skipped', `${MAX_AT_ONCE} images are already being stored`);
        return;
      }
      // The request keeps its own reservation until it has been answered. A copy is a heavy claim whatever
      // its size, so that the rest of the memory stays for requests.
      const reservation = memory.tryReserve({ amount: image.bytes.byteLength, isHeavy: true });
      if (!reservation) {
        lose('skipped', 'The memory for request bodies is in use');
        return;
      }
      const bytes = new Uint8Array(image.bytes);
      start({ ...image, bytes }, () => {
        bytes.buffer.transfer(0);
        reservation.release();
      });
    },
    async finish(withinMs = STORE_MS) {
      if (stores.size === 0) return;
      const timer = setTimeout(() => {
        for (const controller of stores.values())
          controller.abort(new Error('S3 did not answer before the end of the request'));
      }, withinMs);
      await Promise.all(stores.keys());
      clearTimeout(timer);
    },
  };
}
