// A CommonJS package; Node cannot detect its named exports.
import cliProgress from 'cli-progress';
import { canRedraw, showsUnicode } from './terminal.ts';

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
export const PHOTOS: Unit = { name: 'photos', scale: 1, digits: 0 };
export const REQUESTS: Unit = { name: 'requests', scale: 1, digits: 0 };

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
  const task = { name: '', total, doneBefore };
  return canRedraw(stream) ? createBar(stream, task, unit) : createLines(stream, task, unit);
}

/** One of several things that go on at the same time. */
export interface Task {
  readonly name: string;
  readonly total: number;
  readonly doneBefore: number;
}

export interface TasksProgress {
  /** @param done for each task, in their order. */
  update(done: readonly number[]): void;
  stop(): void;
}

/** A progress bar for each task, one below the other; otherwise lines as those of {@link createProgress}. */
export function createTasksProgress(
  stream: NodeJS.WriteStream,
  unit: Unit,
  tasks: readonly Task[],
): TasksProgress {
  if (canRedraw(stream)) return createBars(stream, unit, tasks);
  const lines = tasks.map((task) => createLines(stream, task, unit));
  return {
    update(done) {
      for (const [index, line] of lines.entries()) line.update(done[index] ?? 0);
    },
    stop() {},
  };
}

const show = (value: number, { scale, digits }: Unit): string => (value / scale).toFixed(digits);

/** The bar estimates the remaining time from so many of the last updates. */
const RECENT_UPDATES = 100;
/** What a line has besides the bar and the name, such as "100 %  9000 / 9000 requests  99.9 requests/s  1h20m30s". */
const FIGURES = 52;
const SHORTEST = 8;
const LONGEST = 40;

/** @param nameWidth characters of the name in front. */
const barOptions = (stream: NodeJS.WriteStream, unit: Unit, nameWidth = 0): cliProgress.Options => ({
  stream,
  barsize: Math.max(SHORTEST, Math.min(LONGEST, (stream.columns || 80) - FIGURES - nameWidth)),
  format: `${nameWidth > 0 ? '{name} ' : ''}{bar} {percentage} %  {value} / {total} ${unit.name}  {rate} ${unit.name}/s  {eta_formatted}`,
  etaBuffer: RECENT_UPDATES,
  ...(showsUnicode()
    ? { barCompleteChar: '█', barIncompleteChar: '░' }
    : { barCompleteChar: '=', barIncompleteChar: '-' }),
  formatValue: (value, options, type) =>
    type === 'value' || type === 'total'
      ? show(value, unit)
      : cliProgress.Format.ValueFormat(value, options, type),
});

/** What a bar shows of its rate. */
function rateSince(
  start: number,
  doneBefore: number,
  unit: Unit,
): (done: number) => { readonly rate: string } {
  return (done) => {
    const seconds = Math.max(1e-3, (performance.now() - start) / 1000);
    return { rate: show(Math.max(0, done - doneBefore) / seconds, { ...unit, digits: 1 }) };
  };
}

function createBar(stream: NodeJS.WriteStream, { total, doneBefore }: Task, unit: Unit): Progress {
  const rate = rateSince(performance.now(), doneBefore, unit);
  const bar = new cliProgress.SingleBar(barOptions(stream, unit));
  bar.start(total, doneBefore, rate(doneBefore));
  return { update: (done) => bar.update(done, rate(done)), stop: stopAtExit(bar) };
}

/** A bar that nobody stops would leave the terminal without line breaks. */
function stopAtExit(bar: { stop(): void }): () => void {
  const stop = () => bar.stop();
  process.once('exit', stop);
  return () => {
    process.off('exit', stop);
    stop();
  };
}

function createBars(stream: NodeJS.WriteStream, unit: Unit, tasks: readonly Task[]): TasksProgress {
  const width = Math.max(...tasks.map(({ name }) => name.length));
  const group = new cliProgress.MultiBar(barOptions(stream, unit, width + 1));
  const bars = tasks.map(({ name, total, doneBefore }) => {
    const rate = rateSince(performance.now(), doneBefore, unit);
    const payload = (done: number) => ({ name: name.padEnd(width), ...rate(done) });
    const bar = group.create(total, doneBefore, payload(doneBefore));
    return (done: number) => bar.update(done, payload(done));
  });
  return {
    update(done) {
      for (const [index, update] of bars.entries()) update(done[index] ?? 0);
    },
    stop: stopAtExit(group),
  };
}

function createLines(stream: NodeJS.WritableStream, { name, total, doneBefore }: Task, unit: Unit): Progress {
  const heading = name === '' ? '' : `${name}: `;
  let printed = Math.floor((doneBefore / total) * 10);
  return {
    update(done) {
      const tenth = Math.floor((done / total) * 10);
      if (tenth > printed) {
        stream.write(`${heading}${tenth * 10} %  ${show(done, unit)} of ${show(total, unit)} ${unit.name}\n`);
      }
      printed = tenth;
    },
    stop() {},
  };
}
