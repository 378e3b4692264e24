import type { Sink } from '../requests.ts';
import { round } from '../requests.ts';
import type { ServiceFacts, ServiceState } from '../service-state.ts';
import { createSecondCounts } from './counts.ts';
import type { Second } from './second.ts';
import { createUsage } from './usage.ts';

/** The last 15 minutes. A second takes up to 4 KB, and usually 0.5 KB. */
const KEPT_SECONDS = 900;
/** After the full second, so that a timer that fires a little early still ends the right one. */
const TICK_DELAY_MS = 10;

/** What the live view gets. The data is JSON. */
export interface LiveEvent {
  readonly name: 'info' | 'history' | 'second';
  readonly data: string;
}

/** Keeps what happened in the last 15 minutes, and passes on each second as it ends. */
export interface Live {
  readonly sink: Sink;
  /** Takes how late the event loop was, in milliseconds. */
  recordDelay(ms: number): void;
  /**
   * What a new viewer needs: the service, and the seconds so far.
   */
  soFar(): readonly LiveEvent[];
  /**
   * Calls back with each second when it ends, and with the service when the state of a model has changed.
   *
   * @returns a function that ends the subscription.
   */
  subscribe(listener: (event: LiveEvent) => void): () => void;
}

export function createLive(facts: ServiceFacts, state: ServiceState): Live {
  const counts = createSecondCounts();
  const usage = createUsage(facts.cpus);
  /** Seconds as JSON, the oldest first. */
  const seconds: string[] = [];
  const listeners = new Set<(event: LiveEvent) => void>();
  let lastT = 0;
  let lastModels = JSON.stringify(state.models());

  function tellAll(event: LiveEvent): void {
    for (const listener of listeners) listener(event);
  }

  function endSecond(): void {
    // A clock that is set back must not repeat a second.
    lastT = Math.max(lastT + 1, Math.floor(Date.now() / 1000) - 1);
    const second: Second = {
      t: lastT,
      ...counts.finish(),
      in_flight: state.inFlight(),
      queue: state.waiting(),
      ...usage(),
    };
    const data = JSON.stringify(second);
    if (seconds.push(data) > KEPT_SECONDS) seconds.shift();
    tellAll({ name: 'second', data });
    const models = JSON.stringify(state.models());
    if (models !== lastModels) tellAll({ name: 'info', data: info(facts, state) });
    lastModels = models;
  }

  function tickAtFullSecond(): void {
    setTimeout(
      () => {
        endSecond();
        tickAtFullSecond();
      },
      1000 - (Date.now() % 1000) + TICK_DELAY_MS,
    ).unref();
  }
  tickAtFullSecond();

  return {
    sink: { recordRequest: counts.addRequest, recordRefusal: counts.addRefusal },
    recordDelay: counts.addDelay,
    soFar: () => [
      { name: 'info', data: info(facts, state) },
      { name: 'history', data: `{"seconds":[${seconds.join(',')}]}` },
    ],
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

function info(facts: ServiceFacts, state: ServiceState): string {
  return JSON.stringify({
    service: facts.service,
    version: facts.version,
    node: process.versions.node,
    onnxruntime: facts.onnxruntime,
    started_at: new Date(performance.timeOrigin).toISOString(),
    uptime_s: round(process.uptime(), 1),
    stage: facts.stage,
    threads: facts.threads,
    cpus: facts.cpus,
    memory_limit_bytes: facts.memoryLimitBytes,
    max_in_flight: facts.maxInFlight,
    models: state.models(),
  });
}
