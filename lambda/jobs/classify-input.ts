import { setTimeout as delay } from 'node:timers/promises';
import { type ByteCollectorSettings, withCollectedBytes } from '../budget/byte-collector.ts';
import type { Gate } from '../budget/gate.ts';
import { ServiceError } from '../errors.ts';
import type { TakePiece } from '../fetch/fetch.ts';
import type { ModelIdentity } from '../model/manifest.ts';
import type { ReadyModel } from '../prediction/model-access.ts';
import type { Models } from '../prediction/models.ts';
import type { ClassifyOptions, Outcome } from '../prediction/predictor.ts';
import type { JobInput } from './engine.ts';
import type { InputResult } from './result.ts';

/** Before another attempt. It doubles from one attempt to the next. In milliseconds. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2000;

/** As the owner of memory, next to the addresses of clients: a job gets no more of it than one of them. */
const JOBS = 'jobs';

/**
 * Passes the bytes of an input to `take`, in order.
 *
 * @param onSize to be called with the number of bytes before the first piece, if the storage is sure of it. What it throws
 *   ends the read.
 * @throws ServiceError if the input is at fault, or `overloaded` to be called again; any other error if the storage
 *   failed; the reason of `signal`.
 */
export type ReadInput = (
  input: JobInput,
  take: TakePiece,
  signal: AbortSignal,
  onSize: (bytes: number) => void,
) => Promise<void>;

export interface InputClassifierSettings {
  readonly models: Pick<Models, 'find'>;
  /** Where the memory for the bytes of the image is reserved. */
  readonly bodies: Gate;
  /** Of one image. No more than `bodies` can ever grant, or a larger image would wait forever. */
  readonly maxImageBytes: number;
  readonly readInput: ReadInput;
  /** Runs the work between the bytes and the result. @default the work alone */
  readonly classifying?: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

export interface InputToClassify {
  /** The position of the input in the job, from 0. */
  readonly index: number;
  readonly input: JobInput;
  readonly options: ClassifyOptions;
  /** `NAME` or `NAME@VERSION`. Undefined for the default model. */
  readonly model: string | undefined;
}

/**
 * Classifies one input of a job. What is wrong with the input is its result. While the service is busy, or its model
 * is not ready, it waits and tries again: nobody waits for this answer.
 *
 * @throws the reason of `signal`; errors of `readInput` that are not ServiceErrors.
 */
export type ClassifyInput = (item: InputToClassify, signal: AbortSignal) => Promise<InputResult>;

export function createInputClassifier({
  models,
  bodies,
  maxImageBytes,
  readInput,
  classifying = (work) => work(),
}: InputClassifierSettings): ClassifyInput {
  async function classifyBytes(
    { predictor }: ReadyModel,
    bytes: Uint8Array,
    options: ClassifyOptions,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const classify = () => predictor.classify([{ bytes }], options, signal);
    const [outcome] = (await classifying(classify).catch(asServiceError(signal))).results;
    if (!outcome) throw new TypeError('Expected the outcome of one image, got none.');
    return outcome;
  }

  return async ({ index, input, options, model }, signal) => {
    let identity: ModelIdentity | undefined;
    const done = (outcome: Outcome): InputResult => ({ index, input, model: identity, outcome });
    const memory: ByteCollectorSettings = {
      gate: bodies,
      maxBytes: maxImageBytes,
      owner: JOBS,
      signal,
      tooLarge: () =>
        new ServiceError('image_too_large', `Expected an image of at most ${maxImageBytes} bytes, got more.`),
    };
    try {
      const ready = await whileBusy(async () => {
        const access = await models.find(model);
        identity = await access.identify();
        return access.whenReady();
      }, signal);
      return await whileBusy(
        () =>
          withCollectedBytes(
            memory,
            (add, expect) => readInput(input, add, signal, expect),
            // The bytes are kept while the model is busy, because to read them again costs more.
            async (bytes) =>
              done(await whileBusy(() => classifyBytes(ready, bytes, options, signal), signal)),
          ),
        signal,
      );
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof ServiceError) return done({ error });
      throw error;
    }
  };
}

/** A run of the model that fails is the result of its images, as it is the answer of a request. */
const asServiceError = (signal: AbortSignal) => (error: unknown) => {
  signal.throwIfAborted();
  throw ServiceError.from(error);
};

const isBusy = (error: unknown): boolean =>
  error instanceof ServiceError && (error.code === 'overloaded' || error.code === 'not_ready');

/** Repeats `attempt` while the service is busy. @throws what else it throws; the reason of `signal`. */
async function whileBusy<Result>(attempt: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      signal.throwIfAborted();
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!isBusy(error)) throw error;
    }
    // Inputs that are in each other's way do not meet again.
    await delay(pauseMs * (0.5 + Math.random()), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
