import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import type { Context } from 'aws-lambda';
import { z } from 'zod';
import { DRIFT_METRIC } from '../../telemetry/names.ts';
import { round } from '../../telemetry/requests.ts';
import { addDays, type Day, dayBefore } from './day.ts';
import { countDay } from './day-query.ts';
import { type DayDrift, driftOf } from './drift.ts';
import { imagesIn, sumOf } from './histogram.ts';
import { baselineDays, RECORD, readRecords, recordOf } from './records.ts';
import type { QualitySettings } from './settings.ts';

/**
 * What the rule sends: when the run was due, such as `2026-02-01T01:30:00Z`. The run compares the day before. A
 * retry gets the same event, so it compares the same day.
 */
const eventSchema = z.object({ time: z.iso.datetime() });

export interface WatchDependencies {
  readonly logs: CloudWatchLogsClient;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly settings: QualitySettings;
  /** Milliseconds between two looks at the query. @default 2000 */
  readonly pauseMs?: number;
  /** @default the current time */
  readonly now?: () => Date;
}

/** Fewer days say little about the next one. */
const LEAST_DAYS = 3;
/** Milliseconds of the function's timeout that are reserved for stopping the query and for the log. */
const END_MS = 10_000;

/**
 * Compares what one model of the service classified on the last whole day (UTC) with the days before it, and writes the
 * population stability indexes as metrics and the reasons into one log line. That line also holds the day's
 * histogram, for the baseline of later days.
 *
 * @throws Error if the day cannot be counted. Lambda then retries the run, and reports it if that fails too.
 */
export function qualityWatch({
  logs,
  logger,
  metrics,
  settings,
  pauseMs,
  now = () => new Date(),
}: WatchDependencies) {
  const { baselineDays: length, baselineFrom, driftPsi } = settings;

  async function watch(day: Day, signal: AbortSignal): Promise<void> {
    const oldest = addDays(day, -length);
    const first = baselineFrom !== undefined && baselineFrom > oldest ? baselineFrom : oldest;
    const { days, unreadLines } = await readRecords(logs, {
      logGroup: settings.ownLogGroup,
      since: oldest,
      signal,
    });
    if (days.has(day)) {
      logger.info('This day has been compared already', { day });
      return;
    }
    const { histogram, unreadRows, scannedBytes } = await countDay(logs, {
      logGroup: settings.serviceLogGroup,
      model: settings.model,
      day,
      signal,
      ...(pauseMs === undefined ? {} : { pauseMs }),
    });
    const before = baselineDays(days, { first, before: day });
    const baseline = sumOf(before);
    const images = imagesIn(histogram);
    const drift =
      images > 0 && before.length >= LEAST_DAYS ? driftOf(histogram, baseline, driftPsi) : undefined;
    const highest = drift && writeMetrics(drift);
    const line = {
      model: settings.model,
      images,
      scanned_bytes: scannedBytes,
      unread_rows: unreadRows,
      baseline: {
        first_day: first,
        days: before.length,
        images: imagesIn(baseline),
        model_versions: baseline.modelVersions,
        unread_lines: unreadLines,
      },
      ...(drift
        ? findings(drift)
        : { reason: images === 0 ? 'no images' : `expected ${LEAST_DAYS} earlier days with images` }),
      ...recordOf(day, histogram),
    };
    // Last, so that a run that did not come this far is repeated.
    logger[highest !== undefined && highest > driftPsi ? 'warn' : 'info'](RECORD, line);
  }

  /** @returns the higher index, if there is one. */
  function writeMetrics({ classes, confidence }: DayDrift): number | undefined {
    const indexes = [classes.psi, confidence.psi].filter((index) => index !== undefined);
    if (indexes.length === 0) return undefined;
    const highest = Math.max(...indexes);
    if (classes.psi !== undefined) metrics.addMetric(DRIFT_METRIC.classDrift, MetricUnit.NoUnit, classes.psi);
    if (confidence.psi !== undefined) {
      metrics.addMetric(DRIFT_METRIC.confidenceDrift, MetricUnit.NoUnit, confidence.psi);
    }
    metrics.addMetric(DRIFT_METRIC.predictionDrift, MetricUnit.NoUnit, highest);
    metrics.publishStoredMetrics();
    return highest;
  }

  return async (event: unknown, context: Pick<Context, 'getRemainingTimeInMillis'>): Promise<void> => {
    const { data } = eventSchema.safeParse(event);
    if (!data) {
      const got = JSON.stringify(event) ?? 'nothing';
      throw new Error(`expected an event such as {"time":"2026-02-01T01:30:00Z"}, got ${got}`);
    }
    const day = dayBefore(new Date(data.time));
    // Its line would be final, so the real run would skip the day, and the baseline would count a part of it.
    if (day > dayBefore(now()))
      throw new Error(`expected the time of a day that has ended, got ${data.time}`);
    const timeoutMs = Math.max(0, context.getRemainingTimeInMillis() - END_MS);
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      await watch(day, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
      throw new Error(`expected ${day} to be counted within ${timeoutMs} ms, got no result`, {
        cause: error,
      });
    }
  };
}

function findings({ classes, confidence, movedClasses }: DayDrift) {
  return {
    ...(classes.psi === undefined
      ? { class_reason: classes.reason }
      : { class_psi: round(classes.psi, 4), class_bins: classes.largest }),
    ...(confidence.psi === undefined
      ? { confidence_reason: confidence.reason }
      : { confidence_psi: round(confidence.psi, 4), confidence_bins: confidence.largest }),
    moved_classes: movedClasses,
  };
}
