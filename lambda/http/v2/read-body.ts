import type { Gate } from '../../budget/gate.ts';
import type { BodySource } from '../body/source.ts';
import { withDecodedBody } from '../encoding/decoded-body.ts';

export interface BodyLimits {
  readonly gate: Gate;
  readonly maxBytes: number;
}

/**
 * Reads the whole body of an infer request: the one place where bodies of the protocol are read.
 *
 * @throws ServiceError as {@link withDecodedBody}
 */
export function withInferBody<Result>(
  source: BodySource,
  { gate, maxBytes }: BodyLimits,
  use: (body: Uint8Array<ArrayBuffer>) => Promise<Result>,
): Promise<Result> {
  return withDecodedBody(source, { gate, maxBytes }, use);
}
