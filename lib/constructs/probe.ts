import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { ProbeEnvironment } from '../../lambda/operations/settings.ts';
import type { Settings } from '../settings.ts';
import type { Stage } from '../stages.ts';
import { ImageFunction } from './image-function.ts';
import type { ServiceImage } from './service-image.ts';

/** It sends one request and runs no model. */
const MEMORY_MIB = 256;
/** To start the process and to write the metrics, beyond the time that the request may take. */
const MARGIN_SECONDS = 10;

export interface ProbeProps {
  readonly image: ServiceImage;
  readonly stage: Stage;
  /** Where clients reach the API, stage included. */
  readonly apiUrl: string;
  readonly schedule: Exclude<Settings['probe'], 'off'>;
}

/** Asks the service through its public URL whether it is ready, on a schedule, and writes the answer into the metrics. */
export class Probe extends Construct {
  constructor(scope: Construct, id: string, { image, stage, apiUrl, schedule }: ProbeProps) {
    super(scope, id);
    const environment: ProbeEnvironment = {
      API_URL: apiUrl,
      PROBE_TIMEOUT_MS: String(schedule.timeoutMs),
      STAGE: stage.name,
    };
    const { function: probe } = new ImageFunction(this, 'Function', {
      image,
      handler: 'probe.handler',
      description: `Asks the public URL whether it is ready, stage ${stage.name}`,
      memoryMiB: MEMORY_MIB,
      timeoutSeconds: Math.ceil(schedule.timeoutMs / 1000) + MARGIN_SECONDS,
      environment,
      // Clients come from the internet, so the probe does too.
      settings: { ...stage.settings, vpc: 'off' },
    });
    // A late answer would be counted for a minute that is over; the next run is the retry.
    const once = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
    probe.configureAsyncInvoke(once);
    new Rule(this, 'Schedule', {
      description: `Runs the probe of stage ${stage.name}`,
      schedule: Schedule.rate(Duration.minutes(schedule.everyMinutes)),
      targets: [new LambdaFunction(probe, once)],
    });
  }
}
