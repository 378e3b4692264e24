import type { StoppedCode } from './command.ts';

export interface StopSignals extends Disposable {
  readonly stop: AbortSignal;
  /** Undefined while no signal has come. */
  code(): StoppedCode | undefined;
}

/** Turns the first SIGINT (Ctrl-C) or SIGTERM into an abort. The second ends the process at once. */
export function listenForStop(): StopSignals {
  const controller = new AbortController();
  let code: StoppedCode | undefined;
  const end = () => {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
  };
  const stopWith = (stopped: StoppedCode) => () => {
    code = stopped;
    end();
    controller.abort();
  };
  const onInterrupt = stopWith(130);
  const onTerminate = stopWith(143);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return { stop: controller.signal, code: () => code, [Symbol.dispose]: end };
}
