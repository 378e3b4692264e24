import { type CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { jsonOf } from '../json.ts';
import { DAY_PATTERN, type Day, startOf } from './day.ts';
import { type Histogram, imagesIn, TENTHS } from './histogram.ts';

/** The message of the log line of a day. Later runs read these lines, so they are the memory of the watch. */
export const RECORD = 'quality-watch';

/**
 * CloudWatch Logs takes 256 KB in a line (1 MB by newer documents). A class needs up to 18 bytes, and a
 * thousand need about 10 KB.
 */
const MOST_CLASSES = 10_000;

const count = z.int().nonnegative();
const recordSchema = z.object({
  message: z.literal(RECORD),
  day: z.string().regex(DAY_PATTERN),
  model_versions: z.array(z.string()),
  /** Images by label index. */
  classes: z.record(z.string().regex(/^\d+$/), count),
  confidence: z.array(count).length(TENTHS),
});

/** The histogram of a day as fields of its log line. Of very many classes, the rarest are left out. */
export function recordOf(day: Day, { classes, confidence, modelVersions }: Histogram) {
  const kept = [...classes].sort(([, a], [, b]) => b - a).slice(0, MOST_CLASSES);
  return { day, model_versions: modelVersions, confidence, classes: Object.fromEntries(kept) };
}

export interface Records {
  /** The last line of each day. */
  readonly days: ReadonlyMap<Day, Histogram>;
  /** Lines that are not as {@link recordOf} writes them. */
  readonly unreadLines: number;
}

/**
 * Reads the lines of earlier days back. Unlike a query, this costs nothing.
 *
 * @param since the first day that matters. Its line was written on the day after it.
 * @throws errors of the AWS SDK.
 */
export async function readRecords(
  logs: CloudWatchLogsClient,
  {
    logGroup,
    since,
    signal,
  }: { readonly logGroup: string; readonly since: Day; readonly signal: AbortSignal },
): Promise<Records> {
  const days = new Map<Day, Histogram>();
  let unreadLines = 0;
  let nextToken: string | undefined;
  do {
    const page = await logs.send(
      new FilterLogEventsCommand({
        logGroupName: logGroup,
        filterPattern: `{ $.message = "${RECORD}" }`,
        startTime: startOf(since),
        nextToken,
      }),
      { abortSignal: signal },
    );
    for (const { message } of page.events ?? []) {
      const record = jsonOf(recordSchema, message ?? '');
      if (record) days.set(record.day, histogramIn(record));
      else unreadLines += 1;
    }
    nextToken = page.nextToken;
  } while (nextToken);
  return { days, unreadLines };
}

function histogramIn(record: z.output<typeof recordSchema>): Histogram {
  const classes = new Map(Object.entries(record.classes).map(([index, images]) => [Number(index), images]));
  return { classes, confidence: record.confidence, modelVersions: record.model_versions };
}

/** The days of the baseline that have images. */
export const baselineDays = (
  days: Records['days'],
  { first, before }: { readonly first: Day; readonly before: Day },
): readonly Histogram[] =>
  [...days]
    .filter(([day, histogram]) => day >= first && day < before && imagesIn(histogram) > 0)
    .map(([, histogram]) => histogram);
