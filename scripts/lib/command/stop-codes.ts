/** 128 plus the number of the signal, as shells count: SIGINT (Ctrl-C) is 2, SIGTERM 15. */
export const STOP_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Of a command that SIGINT (Ctrl-C) or SIGTERM has ended. */
export type StoppedCode = (typeof STOP_CODES)[keyof typeof STOP_CODES];

/** Listens for the signals that end a command. @returns stops to listen. */
export function onStop(listener: (code: StoppedCode) => void): () => void {
  const onInterrupt = () => listener(STOP_CODES.SIGINT);
  const onTerminate = () => listener(STOP_CODES.SIGTERM);
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  return () => {
    process.off('SIGINT', onInterrupt);
    process.off('SIGTERM', onTerminate);
  };
}
