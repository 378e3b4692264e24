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
 * A progress bar on a terminal; otherwise a line for every ten per cent, because a log would keep every
 * redraw of a bar.
 *
 * @param unit of `total` and `done`. @default bytes, shown as MB
 */
export function createProgress(stream: NodeJS.WriteStream, total: number, unit: Unit = MEGABYTES): Progress {
  return stream.isTTY ? createBar(stream, total, unit) : createLines(stream, total, unit);
}

const show = (value: number, { scale, digits }: Unit): string => (value / scale).toFixed(digits);

function createBar(stream: NodeJS.WriteStream, total: number, unit: Unit): Progress {
  const bar = new cliProgress.SingleBar({
    stream,
    format: `{bar} {percentage} %  {value} / {total} ${unit.name}  {eta_formatted}`,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    formatValue: (value, options, type) =>
      type === 'value' || type === 'total'
        ? show(value, unit)
        : cliProgress.Format.ValueFormat(value, options, type),
  });
  bar.start(total, 0);
  return { update: (done) => bar.update(done), stop: () => bar.stop() };
}

function createLines(stream: NodeJS.WritableStream, total: number, unit: Unit): Progress {
  let printed = 0;
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
