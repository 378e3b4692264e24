import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../../../../lib/settings.ts';
import { matchesJsonPattern } from '../../cloudwatch/filter-pattern.ts';
import { sendTraffic } from '../traffic.ts';
import { type Concurrency, startConcurrency } from './concurrency.ts';
import { startEnvironment } from './environment.ts';
import { type Answered, startGateway } from './gateway.ts';
import { Records } from './records.ts';
import type { AccessCount } from './template.ts';

/** The probe of a stage runs once a minute. A run is short. */
const PROBE_EVERY_MS = 5000;
/** What a laptop with two cores answers, and a burst that finds all warm environments busy. */
const TRAFFIC = { averageRate: 3, burst: 5, models: ['resnet50'] };

export interface RunOptions {
  readonly stage: string;
  readonly settings: Pick<Settings, 'memoryMiB' | 'coldStart'>;
  readonly accessCounts: readonly AccessCount[];
  readonly seconds: number;
}

/**
 * Runs the Lambda function on this machine under load: as many warm environments as the stage has, each in a process of
 * its own, behind a gateway. Records what the function writes, and what API Gateway and Lambda would count.
 */
export async function runService({ stage, settings, accessCounts, seconds }: RunOptions): Promise<Records> {
  const records = new Records();
  const onLine = (line: string) => records.addServiceLine(line);
  const common = { STAGE: stage, AWS_REGION: 'eu-central-1', TZ: 'UTC' };
  const { coldStart, memoryMiB } = settings;
  await using concurrency = await startConcurrency(coldStart.kind === 'provisioned' ? coldStart.min : 1, {
    entry: 'index',
    onLine,
    variables: {
      ...common,
      AWS_LAMBDA_FUNCTION_NAME: `resnet50-${stage}`,
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memoryMiB),
      JOBS: 'off',
    },
  });
  await using gateway = await startGateway(concurrency, (answered) =>
    recordAnswer(records, answered, { stage, concurrency, accessCounts }),
  );
  await using probe = await startEnvironment({
    entry: 'probe',
    onLine,
    variables: { ...common, API_URL: gateway.url },
  });
  records.start();
  const stop = new AbortController();
  const traffic = sendTraffic(gateway.url, stop.signal, TRAFFIC);
  // If it fails, that ends the loop below.
  traffic.catch(() => {});
  try {
    for (let passed = 0; passed < 1000 * seconds; passed += PROBE_EVERY_MS) {
      await probe.invoke({});
      await Promise.race([sleep(PROBE_EVERY_MS), traffic]);
    }
  } finally {
    stop.abort();
  }
  await traffic;
  return records;
}

interface Recording {
  readonly stage: string;
  readonly concurrency: Concurrency;
  readonly accessCounts: readonly AccessCount[];
}

/** Records what AWS would: a line of the access log, and the metrics of API Gateway and Lambda. */
function recordAnswer(
  records: Records,
  { method, path, status, latencyMs, integrationMs, invocation }: Answered,
  { stage, concurrency, accessCounts }: Recording,
): void {
  const line = { method, resource_path: path, status: String(status), error_type: '-' };
  records.lines.access.push(line);
  for (const { namespace, name, pattern } of accessCounts) {
    records.add({ namespace, name, dimensions: {} }, matchesJsonPattern(pattern, line) ? 1 : 0);
  }
  const add = (namespace: string, dimensions: Record<string, string>, values: Record<string, number>) => {
    for (const [name, value] of Object.entries(values)) records.add({ namespace, name, dimensions }, value);
  };
  const api = { ApiName: '*', Stage: stage };
  for (const dimensions of [api, { ...api, Method: method, Resource: path }]) {
    add('AWS/ApiGateway', dimensions, {
      Count: 1,
      '4XXError': status >= 400 && status < 500 ? 1 : 0,
      '5XXError': status >= 500 ? 1 : 0,
      Latency: latencyMs,
      IntegrationLatency: integrationMs,
    });
  }
  const { busy, busyWarm, durationMs, isSpillover } = invocation;
  const live = { FunctionName: '*', Resource: '*' };
  add('AWS/Lambda', live, {
    Invocations: 1,
    Duration: durationMs,
    ConcurrentExecutions: busy,
    ProvisionedConcurrentExecutions: busyWarm,
    ProvisionedConcurrencyUtilization: busyWarm / concurrency.warm,
    ProvisionedConcurrencyInvocations: isSpillover ? 0 : 1,
    ProvisionedConcurrencySpilloverInvocations: isSpillover ? 1 : 0,
    // A process that ends also ends the run.
    Errors: 0,
    Throttles: 0,
  });
  add('AWS/Lambda', { ...live, ExecutedVersion: '*' }, { Errors: 0 });
}
