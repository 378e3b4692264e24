import { fork } from 'node:child_process';
import { once } from 'node:events';
import { programPath } from '../paths.ts';
import type { Protocol } from './protocol.ts';

/** Photos of one request, and what a right answer says about them. */
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
  /** Connections, each of which sends its next request when it has the answer to the last one. */
  readonly clients: number;
  /** Whole seconds. */
  readonly seconds: number;
}

export interface Load {
  /** Seconds that it took in fact. */
  readonly seconds: number;
  /** Of each right answer. */
  readonly latenciesMs: readonly number[];
  /** Answers with 503 or 429: the server said that it is full. */
  readonly refused: number;
}

/** What the client process answers. */
export type LoadReply =
  | { readonly kind: 'load'; readonly load: Load }
  | { readonly kind: 'failure'; readonly message: string };

export interface LoadClient extends Disposable {
  /** @throws Error where an answer is wrong, neither 200 nor a refusal, or where a connection breaks. */
  readonly apply: (order: LoadOrder) => Promise<Load>;
}

/** A load generator in a process of its own, which stays warm from one order to the next. */
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
