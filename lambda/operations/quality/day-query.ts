import { setTimeout as sleep } from 'node:timers/promises';
import {
  type CloudWatchLogsClient,
  GetQueryResultsCommand,
  type ResultField,
  StartQueryCommand,
  StopQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { z } from 'zod';
import { SYNTHETIC_REQUEST_ID } from '../invoke.ts';
import { addDays, type Day, startOf } from './day.ts';
import { type Histogram, type HistogramRow, histogramOf } from './histogram.ts';

/**
 * Counts the log lines of lambda/telemetry/log/log-sink.ts. Of a batch, only its first image counts, so that one
 * caller with large batches does not outweigh the others. The photos of a deployment's checks do not count.
 *
 * @param model its name. All its versions count.
 */
export const dayQuery = (model: string): string =>
  [
    `filter message = "request" and model = "${model}" and ispresent(images.0.top1_index)`,
    `filter request_id not like /^${SYNTHETIC_REQUEST_ID}/`,
    'stats count(*) as images, latest(model_version) as version by images.0.top1_index as class_index, floor(images.0.top1_probability * 10) as tenth',
  ].join(' | ');

/** A thousand classes in ten tenths, and 1.0 as an eleventh. A page of results has up to 10,000 rows. */
const MOST_ROWS = 20_000;
const UNFINISHED: readonly (string | undefined)[] = ['Scheduled', 'Running'];

const count = z.coerce.number().int().nonnegative();
const rowSchema = z.object({
  class_index: count,
  tenth: count,
  images: count,
  version: z.string().optional(),
});

export interface DayQuery {
  readonly logGroup: string;
  /** The name of the model whose images count. */
  readonly model: string;
  readonly day: Day;
  readonly signal: AbortSignal;
  /** Milliseconds between two looks at the query. @default 2000 */
  readonly pauseMs?: number;
}

export interface DayCount {
  readonly histogram: Histogram;
  /** Rows that could not be read. */
  readonly unreadRows: number;
  /** What AWS bills. */
  readonly scannedBytes: number;
}

/**
 * Counts one model's images of a day by top-1 class and confidence, with one query of CloudWatch Logs Insights.
 *
 * @throws Error if the query does not complete; the signal's reason if it takes too long; errors of the AWS
 *   SDK.
 */
export async function countDay(
  logs: CloudWatchLogsClient,
  { logGroup, model, day, signal, pauseMs = 2000 }: DayQuery,
): Promise<DayCount> {
  const { queryId } = await logs.send(
    new StartQueryCommand({
      logGroupName: logGroup,
      queryString: dayQuery(model),
      // Seconds. Both ends are included.
      startTime: startOf(day) / 1000,
      endTime: startOf(addDays(day, 1)) / 1000 - 1,
      limit: MOST_ROWS,
    }),
    { abortSignal: signal },
  );
  try {
    return await finished(logs, queryId, { signal, pauseMs });
  } catch (error) {
    // Left alone, it would run and cost on for up to an hour. A query that has ended cannot be stopped.
    await logs.send(new StopQueryCommand({ queryId })).catch(() => undefined);
    throw error;
  }
}

async function finished(
  logs: CloudWatchLogsClient,
  queryId: string | undefined,
  { signal, pauseMs }: { readonly signal: AbortSignal; readonly pauseMs: number },
): Promise<DayCount> {
  const results: ResultField[][] = [];
  let nextToken: string | undefined;
  for (;;) {
    const page = await logs.send(new GetQueryResultsCommand({ queryId, nextToken }), { abortSignal: signal });
    if (UNFINISHED.includes(page.status)) {
      await sleep(pauseMs, undefined, { signal });
      continue;
    }
    if (page.status !== 'Complete') {
      throw new Error(`expected the log query to complete, got ${page.status ?? 'no status'}`);
    }
    results.push(...(page.results ?? []));
    nextToken = page.nextToken;
    if (nextToken) continue;
    const rows = results.flatMap((fields) => rowOf(fields) ?? []);
    return {
      histogram: histogramOf(rows),
      unreadRows: results.length - rows.length,
      scannedBytes: page.statistics?.bytesScanned ?? 0,
    };
  }
}

function rowOf(fields: readonly ResultField[]): HistogramRow | undefined {
  const values = Object.fromEntries(fields.map(({ field, value }) => [field, value]));
  const { data } = rowSchema.safeParse(values);
  if (!data) return undefined;
  const { class_index: classIndex, tenth, images, version } = data;
  return { classIndex, tenth, images, modelVersion: version || undefined };
}
