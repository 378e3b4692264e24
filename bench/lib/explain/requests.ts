import { z } from 'zod';

const prediction = z.object({ predictions: z.array(z.unknown()).min(1) });
const explained = (maps: number) =>
  prediction.extend({ explanation: z.object({ maps: z.array(z.unknown()).length(maps) }) });

/** A way to ask the service about a photo. */
export interface PhotoRequest {
  readonly title: string;
  readonly path: string;
  readonly accept: string;
  /** @throws Error if the body is not the answer. */
  readonly check: (body: Buffer) => void;
}

const json = (title: string, path: string, answer: z.ZodType): PhotoRequest => ({
  title,
  path,
  accept: 'application/json',
  check: (body) => answer.parse(JSON.parse(body.toString())),
});

/** What is compared. All other requests are measured against the first one. */
export const PHOTO_REQUESTS = {
  predict: json('POST /predict', '/predict', prediction),
  explain1: json('POST /predict?explain=1', '/predict?explain=1', explained(1)),
  explain3: json('POST /predict?explain=3', '/predict?explain=3', explained(3)),
  embed: json(
    'POST /embed, JSON',
    '/embed',
    z.object({ embeddings: z.array(z.object({ embedding: z.array(z.number()).min(1) })).length(1) }),
  ),
  embedBytes: {
    title: 'POST /embed, octet-stream',
    path: '/embed',
    accept: 'application/octet-stream',
    check(body) {
      if (body.byteLength === 0 || body.byteLength % Float32Array.BYTES_PER_ELEMENT !== 0)
        throw new Error(`Expected float32 values, got ${body.byteLength} bytes`);
    },
  },
} as const satisfies Record<string, PhotoRequest>;

export type RequestKind = keyof typeof PHOTO_REQUESTS;
