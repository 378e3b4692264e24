/**
 * Names that the service writes into its metrics and that dashboards and alarms read. This file imports nothing, so that
 * infrastructure can take them without the service.
 */
export const SERVICE_NAME = 'resnet50';
export const METRICS_NAMESPACE = 'ImageClassification';

/**
 * Every metric has exactly these dimensions: alarms do not add up over the values of another one, and each value would
 * cost like a metric of its own. docs/adr/0008 has the sums.
 */
export const DIMENSION = { service: 'service', stage: 'stage' } as const;

export const METRIC = {
  /** Images classified; a batch counts each. */
  predictions: 'Predictions',
  /** 1 for an answer of 500 or more, else 0: the average is the error rate. Likewise for 400 to 499. */
  errors: 'Errors',
  clientErrors: 'ClientErrors',
  /** Milliseconds in the service, of predictions only. */
  latency: 'Latency',
  decodeLatency: 'DecodeLatency',
  inferenceLatency: 'InferenceLatency',
  imageBytes: 'ImageBytes',
  /** Probability of an image's first class, 0..1. */
  topProbability: 'TopProbability',
  /** 1 for an image whose first class is less probable than {@link LOW_CONFIDENCE_BELOW}, else 0: the average is their share. */
  lowConfidence: 'LowConfidence',
  coldStart: 'ColdStart',
  /** Milliseconds from the start of the process to a warm model; once for each process. */
  initDuration: 'InitDuration',
  /** Percent of the vCPUs and of the memory that the function has. */
  cpuUtilization: 'CpuUtilization',
  memoryUtilization: 'MemoryUtilization',
  /** 1 where the public URL said that it is ready, else 0. */
  probeSuccess: 'ProbeSuccess',
  /** Milliseconds of a probe that succeeded, network included. */
  probeLatency: 'ProbeLatency',
} as const;

/** Of the HTTP server only: Lambda freezes a process between events, which would look like a block. */
export const SERVER_METRIC = {
  /** 1 for every time the event loop stood still for over 200 ms. */
  eventLoopBlocks: 'EventLoopBlocks',
} as const;

/**
 * Below this probability a first class says little: of 200 labelled photos the model that comes with the service names
 * 25 % right below it and 71 % right above, and 32 % of them are below. A share that grows means photos, or a model, that
 * differ from those it was measured with.
 */
export const LOW_CONFIDENCE_BELOW = 0.3;
