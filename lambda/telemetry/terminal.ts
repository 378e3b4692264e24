import { inspect, stripVTControlCharacters, styleText } from 'node:util';
import type { Config } from '../config.ts';
import type { ServiceError } from '../errors.ts';
import { levelOf } from './level.ts';
import type { ClassifiedImage, LifecycleEvent, RequestRecord, Sink } from './requests.ts';

type Level = Exclude<Config['logLevel'], 'SILENT'>;
type Style = Parameters<typeof styleText>[0];

const LEVELS: readonly Config['logLevel'][] = ['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT'];
const LEVEL_OF = { debug: 'DEBUG', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const;
/** A batch names this many images. */
const IMAGES_SHOWN = 3;
/** A longer path would hide the columns after it. */
const PATH_LENGTH = 40;

/**
 * Readable lines for a person at a terminal, instead of JSON and metrics: one for the start, one for each
 * request, one for the end. Node.js uses colours if the terminal has them and NO_COLOR is not set.
 *
 * @param terminal where the lines go, such as `process.stdout`.
 */
export function createTerminal(
  { logLevel }: Pick<Config, 'logLevel'>,
  terminal: NodeJS.WriteStream,
): Required<Sink> {
  const paint = (style: Style, text: string) => styleText(style, text, { stream: terminal });

  function write(level: Level, line: string): void {
    if (LEVELS.indexOf(level) >= LEVELS.indexOf(logLevel)) terminal.write(`${line}\n`);
  }

  /**
   * One line with the time in front. Text from a client must be {@link printable}.
   */
  function writeRow(level: Level, ...columns: readonly string[]): void {
    const time = paint('dim', new Date().toTimeString().slice(0, 8));
    write(level, [time, ...columns].join('  ').trimEnd());
  }

  return {
    needsCpuUsage: false,
    recordRequest(record, outcome) {
      const { status, latencyMs } = outcome;
      writeRow(
        LEVEL_OF[levelOf(outcome, record.error)],
        record.method.padEnd(4),
        printable(shorten(record.path)).padEnd(14),
        paint(styleOf(status), String(status)),
        `${latencyMs.toFixed(1)} ms`.padStart(10),
        printable(record.error ? describeError(record.error) : describeImages(record)),
      );
      if (record.error?.code === 'internal') write('ERROR', paint('dim', describeCause(record.error)));
    },
    recordRefusal({ error }) {
      writeRow(
        'INFO',
        'refused'.padEnd(20),
        paint(styleOf(error.status), String(error.status)),
        ' '.repeat(10),
        printable(describeError(error)),
      );
    },
    recordBlock(blockedMs) {
      writeRow('WARN', paint('yellow', `The event loop was blocked for ${Math.round(blockedMs)} ms.`));
    },
    recordCaptureLoss({ failed, skipped, reason }) {
      const count = failed + skipped;
      writeRow('WARN', paint('yellow', `${count} image${count === 1 ? '' : 's'} not captured: ${reason}.`));
    },
    recordLifecycle(event) {
      write(LEVEL_OF_EVENT[event.kind] ?? 'INFO', describeEvent(event, paint));
    },
  };
}

const LEVEL_OF_EVENT: Partial<Record<LifecycleEvent['kind'], Level>> = {
  load_failed: 'ERROR',
  jobs_failed: 'ERROR',
  jobs_refused: 'WARN',
  webhook_failed: 'WARN',
};

function describeEvent(event: LifecycleEvent, paint: (style: Style, text: string) => string): string {
  switch (event.kind) {
    case 'ready': {
      const { url, model, threads, memoryMiB } = event;
      const size = `${threads} thread${threads === 1 ? '' : 's'}, at most ${memoryMiB} MiB of memory`;
      return `${model} is ready on ${paint('bold', url)}  (${size})\nPress Ctrl-C to stop.\n`;
    }
    case 'model_loaded':
      return `${event.model} is loaded too.\n`;
    case 'load_failed':
      return `The ${event.part} could not be loaded. ${event.reason}`;
    case 'jobs_failed':
      return `Uploads and jobs: ${event.reason}`;
    case 'webhook_failed': {
      const { jobId, url, reason = 'It answered 410: it wants no more messages.' } = event;
      return printable(`An attempt to send the webhook of ${jobId} to ${url} failed. ${reason}`);
    }
    case 'jobs_refused':
      return `Uploads or jobs are refused: ${event.reason}`;
    case 'jobs_resumed':
      return 'Jobs go on, because there is room again.';
    case 'stopping':
      return '\nStopping: requests in flight are answered first. Press Ctrl-C to stop at once.';
    case 'stopped':
      return 'Stopped. Goodbye!';
  }
}

/** The top-1 class of each image and the images that failed: "Egyptian cat 88 %, 1 failed (invalid_image)". */
function describeImages({ images, tensors, embeddings, failedImages = [] }: RequestRecord): string {
  const shown = images.slice(0, IMAGES_SHOWN).map(describeImage);
  const hidden = images.length - shown.length;
  const codes = [...new Set(failedImages)].join(', ');
  return [
    ...shown,
    ...(hidden > 0 ? [`${hidden} more`] : []),
    ...counted(tensors, 'tensor'),
    ...counted(embeddings, 'embedding'),
    ...(codes ? [`${failedImages.length} failed (${codes})`] : []),
  ].join(', ');
}

const counted = (count: number | undefined, name: string): readonly string[] =>
  count === undefined ? [] : [`${count} ${name}${count === 1 ? '' : 's'}`];

const describeImage = ({ topLabel, topProbability }: ClassifiedImage) =>
  `${topLabel} ${Math.round(100 * topProbability)} %`;

/** Shows the reason too, which clients do not get. */
function describeError({ code, detail, cause }: ServiceError): string {
  const reason = cause instanceof Error ? ` (${cause.message})` : '';
  return `${code}: ${detail}${reason}`;
}

/** The stack of an unexpected error, and the stacks of its causes. */
function describeCause({ cause }: ServiceError): string {
  return inspect(cause)
    .split('\n')
    .map((line) => `    ${printable(line)}`)
    .join('\n');
}

const shorten = (path: string) => (path.length > PATH_LENGTH ? `${path.slice(0, PATH_LENGTH)}…` : path);

/** Text from clients must not be able to move the cursor or change colours. */
function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ');
}

function styleOf(status: number): Style {
  if (status >= 500) return 'red';
  return status >= 400 ? 'yellow' : 'green';
}
