import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import type { ProbeEnvironment } from '../../lambda/operations/settings.ts';
import type { Settings } from '../settings.ts';
import type { Stage } from '../stages.ts';
import { ImageFunction } from './image-function.ts';
import type { ServiceImage } from './service-image.ts';

/** The probe sends one request and runs no model. */
const MEMORY_MIB = 256;
/** Time to start the process and write the metrics, in addition to the request's timeout. */
const MARGIN_SECONDS = 10;

export interface ProbeProps {
  readonly image: ServiceImage;
  readonly stage: Stage;
  /** The public URL of the API, including its stage. */
  readonly apiUrl: string;
  readonly schedule: Exclude<Settings['probe'], 'off'>;
}

/** Calls /ready through the public URL on a schedule and records the result as metrics. */
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
      description: `Probes the public URL, stage ${stage.name}`,
      memoryMiB: MEMORY_MIB,
      timeoutSeconds: Math.ceil(schedule.timeoutMs / 1000) + MARGIN_SECONDS,
      environment,
      // Clients connect from the internet, so the probe must as well.
      settings: { ...stage.settings, vpc: 'off' },
    });
    // A retried run would report into the wrong minute. The next scheduled run is the retry.
    const once = { retryAttempts: 0, maxEventAge: Duration.minutes(1) };
    probe.configureAsyncInvoke(once);
    new Rule(this, 'Schedule', {
      description: `Runs the probe of stage ${stage.name}`,
      schedule: Schedule.rate(Duration.minutes(schedule.everyMinutes)),
      targets: [new LambdaFunction(probe, once)],
    });
  }
}
