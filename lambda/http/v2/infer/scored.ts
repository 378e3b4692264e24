import type { ExtraOutput, ImageOutputs } from '../../../model/session.ts';
import type { RequestedOutput } from '../request/requested-output.ts';
import type { OutputKind } from '../tensors.ts';

/** What the model makes of one item of a batch. */
export type ItemOutputs = Pick<ImageOutputs, OutputKind>;

/** What the model makes of a request, and how long it took. */
export interface ScoredRequest {
  /** For each item of the batch. */
  readonly items: readonly ItemOutputs[];
  /** Milliseconds from the body to the tensors of the model, without the wait for other requests. */
  readonly inputMs: number;
  /** Milliseconds of the model's runs, without the wait for runs of other requests. */
  readonly inferenceMs: number;
}

export const wants = (outputs: readonly RequestedOutput[], kind: OutputKind): boolean =>
  outputs.some(({ output }) => output.kind === kind);

/** What the model has to return besides the scores. */
export const extrasFor = (outputs: readonly RequestedOutput[]): readonly ExtraOutput[] =>
  wants(outputs, 'embedding') ? ['embedding'] : [];
