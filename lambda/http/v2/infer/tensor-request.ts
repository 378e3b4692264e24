import type { Gate } from '../../../budget/gate.ts';
import { withReservation } from '../../../budget/reservation.ts';
import { ServiceError } from '../../../errors.ts';
import type { Predictor } from '../../../prediction/predictor.ts';
import type { BodySource } from '../../body/source.ts';
import { parsing } from '../../loop-share.ts';
import { floatsAt } from '../binary/floats.ts';
import { readFloats } from '../json/floats.ts';
import { DATA_FIELD, type InferRequest } from '../request/infer-request.ts';
import { FP32_BYTES, type TensorDescription, valuesIn } from '../tensors.ts';
import { extrasFor, type ScoredRequest } from './scored.ts';

export interface TensorRequestParts {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly request: InferRequest;
  readonly input: TensorDescription;
  readonly source: Pick<BodySource, 'owner' | 'signal'>;
  /** Where the memory of a tensor that was JSON is reserved. */
  readonly gate: Gate;
}

/**
 * Scores the normalised images of a request. Binary ones stay in the body.
 *
 * @throws ServiceError `invalid_request`, `image_too_large`, `overloaded`; the reason of the signal
 */
export async function scoreTensorRequest(
  { scoreTensors }: Pick<Predictor, 'scoreTensors'>,
  { body, request: { batch, data, outputs }, input, source: { owner, signal }, gate }: TensorRequestParts,
): Promise<ScoredRequest> {
  const start = performance.now();
  const size = valuesIn(input.dims);

  async function score(values: Float32Array): Promise<ScoredRequest> {
    const readMs = performance.now() - start;
    const images = Array.from({ length: batch }, (_, index) => ({
      normalised: values.subarray(index * size, (index + 1) * size),
    }));
    const { rows, tensorMs, inferenceMs } = await scoreTensors(images, signal, extrasFor(outputs));
    return { items: rows, inputMs: readMs + tensorMs, inferenceMs };
  }

  switch (data.kind) {
    case 'binary':
      return score(floatsAt(body, data.start, batch * size));
    case 'json': {
      const amount = batch * size * FP32_BYTES;
      requireRoom(amount + body.byteLength, gate);
      return withReservation(gate, { amount, isHeavy: true, owner, signal }, async () => {
        const values = new Float32Array(batch * size);
        await parsing.run(readFloats(data.text, [batch, ...input.dims], DATA_FIELD, values), signal);
        return score(values);
      });
    }
    case 'raw':
      throw new TypeError('Expected JSON or binary data for numbers, got the bytes of one element.');
  }
}

/** A claim that can never be granted would wait for nothing. @throws ServiceError `image_too_large` */
function requireRoom(bytes: number, gate: Gate): void {
  const most = gate.largestClaim(true);
  if (bytes <= most) return;
  throw new ServiceError(
    'image_too_large',
    `Expected JSON and a tensor of at most ${most} bytes together, got ${bytes}. Send fewer images, or binary data.`,
  );
}
