import { onStop, type StoppedCode } from './stop-codes.ts';

export interface StopSignals extends Disposable {
  readonly stop: AbortSignal;
  /** Undefined while no signal has come. */
  code(): StoppedCode | undefined;
}

/** Turns the first SIGINT (Ctrl-C) or SIGTERM into an abort. The second ends the process at once. */
export function listenForStop(): StopSignals {
  const controller = new AbortController();
  let code: StoppedCode | undefined;
  const end = onStop((stopped) => {
    code = stopped;
    end();
    controller.abort();
  });
  return { stop: controller.signal, code: () => code, [Symbol.dispose]: end };
}
