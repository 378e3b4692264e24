// A CommonJS package whose names Node does not detect.
import cliProgress from 'cli-progress';

export interface Progress {
  /** @param received bytes so far; it goes back when a download starts over. */
  update(received: number): void;
  stop(): void;
}

/** A bar where a person watches, else a line every ten per cent: a log keeps every redraw of a bar. */
export function createProgress(stream: NodeJS.WriteStream, bytes: number): Progress {
  return stream.isTTY ? createBar(stream, bytes) : createLines(stream, bytes);
}

function createBar(stream: NodeJS.WriteStream, bytes: number): Progress {
  const bar = new cliProgress.SingleBar({
    stream,
    format: '{bar} {percentage} %  {value} / {total} MB  {eta_formatted}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    formatValue: (value, options, type) =>
      type === 'value' || type === 'total'
        ? (value / 1e6).toFixed(1)
        : cliProgress.Format.ValueFormat(value, options, type),
  });
  bar.start(bytes, 0);
  return { update: (received) => bar.update(received), stop: () => bar.stop() };
}

function createLines(stream: NodeJS.WritableStream, bytes: number): Progress {
  let printed = 0;
  return {
    update(received) {
      const tenth = Math.floor((received / bytes) * 10);
      if (tenth > printed) {
        stream.write(`${tenth * 10} %  ${(received / 1e6).toFixed(1)} of ${(bytes / 1e6).toFixed(1)} MB\n`);
      }
      printed = tenth;
    },
    stop() {},
  };
}
