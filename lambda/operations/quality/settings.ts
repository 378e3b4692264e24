import { z } from 'zod';
import { parseEnvironment } from '../../config/parse.ts';
import { stageName, wholeNumber } from '../../config/values.ts';
import { manifestSchema } from '../../model/manifest.ts';
import { DAY_PATTERN, type Day } from './day.ts';

const day = z.string().regex(DAY_PATTERN, 'expected a day such as 2026-01-31');

/** The settings of the quality watch. */
export const qualityEnvironmentSchema = z.object({
  /** The log group of the service. */
  SERVICE_LOG_GROUP: z.string(),
  /** The name of the model whose predictions are compared. Other models have other classes. */
  WATCHED_MODEL: manifestSchema.shape.name,
  /** The log group of this function, which reads its own earlier lines. */
  OWN_LOG_GROUP: z.string(),
  /** The days before the one that is compared. */
  BASELINE_DAYS: wholeNumber('days', 3, 90),
  /** The baseline begins on this day or later. Default: it goes back {@link BASELINE_DAYS}. */
  BASELINE_FROM: day.optional(),
  /** The threshold of the alarm: a population stability index. */
  DRIFT_PSI: z.coerce.number('expected a number').positive('expected a number above 0'),
  STAGE: stageName,
});

/** An environment as the infrastructure writes it down. */
export type QualityEnvironment = { [Name in keyof z.input<typeof qualityEnvironmentSchema>]: string };

export interface QualitySettings {
  readonly serviceLogGroup: string;
  readonly model: string;
  readonly ownLogGroup: string;
  readonly baselineDays: number;
  readonly baselineFrom: Day | undefined;
  readonly driftPsi: number;
  readonly stage: string;
}

/** @throws ConfigError naming every variable with an invalid value or a misspelled name. */
export function readQualitySettings(environment?: Record<string, string | undefined>): QualitySettings {
  const values = parseEnvironment(qualityEnvironmentSchema, environment);
  return {
    serviceLogGroup: values.SERVICE_LOG_GROUP,
    model: values.WATCHED_MODEL,
    ownLogGroup: values.OWN_LOG_GROUP,
    baselineDays: values.BASELINE_DAYS,
    baselineFrom: values.BASELINE_FROM,
    driftPsi: values.DRIFT_PSI,
    stage: values.STAGE,
  };
}
