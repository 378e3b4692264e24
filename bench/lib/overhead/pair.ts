import { INT8_BUNDLE } from '../paths.ts';
import {
  type BareCommand,
  type BareRunner,
  bundledBareRun,
  startBareRunner,
} from '../subjects/bare-runner.ts';
import type { KnownPhoto } from '../subjects/first-prediction.ts';
import { type RunningSubject, startSubject } from '../subjects/running-subject.ts';
import type { Subject } from '../subjects/subject.ts';
import { ours } from '../subjects/subjects.ts';

/** A service, and a process that runs the same model with the same threads. */
export interface OverheadPair {
  readonly service: RunningSubject;
  readonly bare: BareRunner;
}

/** The bundle of this service, and the bare model. The bundle and the bare program must have been built. */
export async function startOverheadPair(
  known: KnownPhoto,
  threads: number,
): Promise<OverheadPair & AsyncDisposable> {
  const service = ours('bundle', { INTRA_OP_THREADS: String(threads) });
  return startPair(service, bundledBareRun(INT8_BUNDLE, threads), known);
}

/** @throws Error if one of them does not start. */
export async function startPair(
  subject: Subject,
  bareCommand: BareCommand,
  known: KnownPhoto,
): Promise<OverheadPair & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const bare = stack.use(await startBareRunner(`the model of ${subject.title}`, bareCommand));
  const service = stack.use(await startSubject(subject, known));
  const started = stack.move();
  return { service, bare, [Symbol.asyncDispose]: () => started.disposeAsync() };
}
