// A CommonJS package; Node cannot detect its named exports.
import cliProgress from 'cli-progress';

export interface Progress {
  /** @param done goes back when a download starts over. */
  update(done: number): void;
  stop(): void;
}

/** How a count is shown: `scale` of the counted things make one `name`. */
export interface Unit {
  readonly name: string;
  readonly scale: number;
  readonly digits: number;
}

const MEGABYTES: Unit = { name: 'MB', scale: 1e6, digits: 1 };

/**
 * A progress bar on a terminal, with the rate and the remaining time; otherwise a line for every ten per cent,
 * because a log would keep every redraw of a bar.
 *
 * @param unit of `total` and `done`. @default bytes, shown as MB
 * @param doneBefore what was done before this process began.
 */
export function createProgress(
  stream: NodeJS.WriteStream,
  total: number,
  unit: Unit = MEGABYTES,
  doneBefore = 0,
): Progress {
  return stream.isTTY
    ? createBar(stream, total, unit, doneBefore)
    : createLines(stream, total, unit, doneBefore);
}

const show = (value: number, { scale, digits }: Unit): string => (value / scale).toFixed(digits);

/** The bar estimates the remaining time from so many of the last updates. */
const RECENT_UPDATES = 100;

function createBar(stream: NodeJS.WriteStream, total: number, unit: Unit, doneBefore: number): Progress {
  const start = performance.now();
  const bar = new cliProgress.SingleBar({
    stream,
    format: `{bar} {percentage} %  {value} / {total} ${unit.name}  {rate} ${unit.name}/s  {eta_formatted}`,
    etaBuffer: RECENT_UPDATES,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    formatValue: (value, options, type) =>
      type === 'value' || type === 'total'
        ? show(value, unit)
        : cliProgress.Format.ValueFormat(value, options, type),
  });
  const rate = (done: number) => {
    const seconds = Math.max(1e-3, (performance.now() - start) / 1000);
    return show(Math.max(0, done - doneBefore) / seconds, { ...unit, digits: 1 });
  };
  bar.start(total, doneBefore, { rate: rate(doneBefore) });
  return { update: (done) => bar.update(done, { rate: rate(done) }), stop: () => bar.stop() };
}

function createLines(stream: NodeJS.WritableStream, total: number, unit: Unit, doneBefore: number): Progress {
  let printed = Math.floor((doneBefore / total) * 10);
  return {
    update(done) {
      const tenth = Math.floor((done / total) * 10);
      if (tenth > printed) {
        stream.write(`${tenth * 10} %  ${show(done, unit)} of ${show(total, unit)} ${unit.name}\n`);
      }
      printed = tenth;
    },
    stop() {},
  };
}
