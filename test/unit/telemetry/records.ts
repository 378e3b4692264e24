import type { ClassifiedImage, RequestOutcome, RequestRecord } from '../../../lambda/telemetry/requests.ts';
import type { ServiceFacts, ServiceState } from '../../../lambda/telemetry/service-state.ts';

export const image = (topLabel: string, topProbability = 0.9): ClassifiedImage => ({
  format: 'jpeg',
  width: 451,
  height: 300,
  bytes: 35_042,
  topIndex: 285,
  topLabel,
  topProbability,
});

export const record = (more: Partial<RequestRecord> = {}): RequestRecord => ({
  requestId: 'request-1',
  functionRequestId: undefined,
  method: 'POST',
  path: '/predict',
  startedAt: 0,
  cpuAtStart: undefined,
  images: [],
  ...more,
});

export const outcome = (more: Partial<RequestOutcome> = {}): RequestOutcome => ({
  route: '/predict',
  status: 200,
  model: { name: 'resnet50', version: '1.0.0' },
  latencyMs: 12.5,
  ...more,
});

export const FACTS: ServiceFacts = {
  service: 'resnet50',
  version: '1.2.3',
  onnxruntime: '9.8.7',
  stage: 'test',
  threads: 2,
  cpus: 1.5,
  memoryLimitBytes: 2 ** 30,
  maxInFlight: 32,
};

export const STATE: ServiceState = {
  inFlight: () => 3,
  waiting: () => 1,
  models: () => [{ name: 'resnet50', version: '1.0.0', state: 'ready' }],
  readyAfterMs: () => 250,
};
