import { fork } from 'node:child_process';
import { once } from 'node:events';
import { programPath } from '../paths.ts';
import type { Protocol } from './protocol.ts';

/** The photos of one request, and the right answer. */
export interface LoadRequest {
  /** Paths of JPEG files. */
  readonly photos: readonly string[];
  readonly expectedTop: readonly number[];
}

export interface LoadOrder {
  readonly url: string;
  readonly protocol: Protocol;
  /** Taken in turns. */
  readonly requests: readonly LoadRequest[];
  /** Connections. Each sends its next request when it has the answer to the last one. */
  readonly clients: number;
  /** A time in whole seconds, or a number of requests, which is at least one for each client. */
  readonly length: { readonly seconds: number } | { readonly requests: number };
}

/**
 * A client stops when it has the answer to its last request, so that the server has nothing left to do. The
 * answers that arrive after the ordered seconds count only in `answered`.
 */
export interface MeasuredLoad {
  /** The ordered seconds, or how long the ordered requests took. */
  readonly seconds: number;
  /** The latency of each right answer. */
  readonly latenciesMs: readonly number[];
  /** Answers with 503 or 429, which say that the server is full. */
  readonly refused: number;
  /** All right answers: what the CPU time of the server was spent on. */
  readonly answered: number;
}

/** The answer of the client process. */
export type LoadReply =
  | { readonly kind: 'load'; readonly load: MeasuredLoad }
  | { readonly kind: 'failure'; readonly message: string };

export interface LoadClient extends Disposable {
  /** @throws Error if an answer is wrong or neither 200 nor a refusal, or if a connection breaks. */
  readonly apply: (order: LoadOrder) => Promise<MeasuredLoad>;
}

/** A load generator in its own process, which stays warm between orders. */
export function startLoadClient(): LoadClient {
  const child = fork(programPath('load-process'), {
    serialization: 'advanced',
  });
  return {
    async apply(order) {
      child.send(order);
      const [reply] = (await once(child, 'message')) as [LoadReply];
      if (reply.kind === 'failure') throw new Error(`${order.url}: ${reply.message}`);
      return reply.load;
    },
    [Symbol.dispose]() {
      child.disconnect();
    },
  };
}
