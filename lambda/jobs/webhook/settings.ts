import { z } from 'zod';
import { parseEnvironment } from '../../config/parse.ts';
import { bucketName, stageName } from '../../config/values.ts';

/** The settings of the function that sends webhooks on AWS. */
export const webhookEnvironmentSchema = z.object({
  STAGE: stageName,
  /** The bucket of jobs. */
  JOBS_BUCKET: bucketName,
  /** The secret in Secrets Manager that messages are signed with. */
  WEBHOOK_SECRET_ARN: z
    .string()
    .regex(/^arn:[a-z-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:\S+$/, 'expected the ARN of a secret'),
});

/** An environment as the infrastructure writes it down. */
export type WebhookEnvironment = {
  [Name in keyof z.input<typeof webhookEnvironmentSchema>]: string;
};

export interface WebhookSettings {
  readonly stage: string;
  readonly bucket: string;
  readonly secretArn: string;
}

/** @throws ConfigError naming every variable with an invalid value or a misspelled name. */
export function readWebhookSettings(environment?: Record<string, string | undefined>): WebhookSettings {
  const values = parseEnvironment(webhookEnvironmentSchema, environment);
  return {
    stage: values.STAGE,
    bucket: values.JOBS_BUCKET,
    secretArn: values.WEBHOOK_SECRET_ARN,
  };
}
