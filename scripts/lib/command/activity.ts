import { canRedraw } from './terminal.ts';

/** Shorter work says nothing. */
const QUIET_MS = 2000;
const TICK_MS = 1000;
const CLEAR_LINE = '\r\x1b[K';

let isShown = false;

/**
 * Says on a terminal that work goes on and for how long, if it takes more than two seconds and its length is
 * unknown. Elsewhere it says nothing. Lines of the console come above it. Not for work that asks the person or
 * passes on what another program prints, and not beside a progress bar.
 *
 * @param text under 60 characters, such as "Reading the stage".
 * @returns ends it, and removes its line.
 */
export function startActivity(text: string, stream: NodeJS.WriteStream = process.stderr): Disposable {
  if (!canRedraw(stream) || isShown) return { [Symbol.dispose]() {} };
  isShown = true;
  const start = performance.now();
  let isDrawn = false;
  const clear = () => {
    if (isDrawn) stream.write(CLEAR_LINE);
    isDrawn = false;
  };
  const draw = () => {
    const elapsedMs = performance.now() - start;
    if (elapsedMs < QUIET_MS) return;
    clear();
    stream.write(`${text}: ${Math.round(elapsedMs / 1000)} s`);
    isDrawn = true;
  };
  const timer = setInterval(draw, TICK_MS);
  const { log, error } = console;
  const above =
    (print: typeof console.log) =>
    (...args: readonly unknown[]) => {
      clear();
      print(...args);
    };
  Object.assign(console, { log: above(log), error: above(error) });
  process.once('exit', clear);
  return {
    [Symbol.dispose]() {
      process.off('exit', clear);
      clearInterval(timer);
      clear();
      Object.assign(console, { log, error });
      isShown = false;
    },
  };
}
