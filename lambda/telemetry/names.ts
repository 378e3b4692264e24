/**
 * Names of the metrics that the service writes and that dashboards and alarms read. This file imports
 * nothing, so that the infrastructure can import it without the service.
 */
export const SERVICE_NAME = 'resnet50';
export const METRICS_NAMESPACE = 'ImageClassification';

/**
 * Every metric has exactly these dimensions. Alarms cannot add up the values of a further one, and CloudWatch
 * would bill each of its values as a metric (docs/adr/0008).
 */
export const DIMENSION = { service: 'service', stage: 'stage' } as const;

export const METRIC = {
  /** Images classified; a batch counts each. */
  predictions: 'Predictions',
  /** 1 for a status of 500 or more, else 0. The average is the error rate. */
  errors: 'Errors',
  /** The same for 400 to 499. */
  clientErrors: 'ClientErrors',
  /** Milliseconds in the service; predictions only. */
  latency: 'Latency',
  decodeLatency: 'DecodeLatency',
  inferenceLatency: 'InferenceLatency',
  imageBytes: 'ImageBytes',
  /** Probability of the top-1 class of an image, 0..1. */
  topProbability: 'TopProbability',
  /**
   * 1 for an image whose top-1 probability is below {@link LOW_CONFIDENCE_BELOW}, else 0. The average is
   * the share of such images.
   */
  lowConfidence: 'LowConfidence',
  coldStart: 'ColdStart',
  /** Milliseconds from the start of the process until the model was warm; once for each process. */
  initDuration: 'InitDuration',
  /** CPU time during a prediction from an upload, as a percentage of the vCPUs that the process may use. */
  cpuUtilization: 'CpuUtilization',
  /** Resident memory, as a percentage of what the process may use. */
  memoryUtilization: 'MemoryUtilization',
  /** 1 if the public URL said that the service is ready, else 0. */
  probeSuccess: 'ProbeSuccess',
  /** Milliseconds of a successful probe, network included. */
  probeLatency: 'ProbeLatency',
} as const;

/**
 * Written once a day by the quality watch. Population stability indexes (PSI) of a day against the days before
 * it: 0 if nothing changed.
 */
export const DRIFT_METRIC = {
  /** Of the top-1 classes. */
  classDrift: 'ClassDrift',
  /** Of the top-1 probabilities. */
  confidenceDrift: 'ConfidenceDrift',
  /** The higher of the two. An alarm on one metric costs less than one on two. */
  predictionDrift: 'PredictionDrift',
} as const;

/** Written by the functions that run jobs. */
export const JOB_METRIC = {
  /** Inputs of jobs that have a result. An input that is done again counts again. */
  inputs: 'JobInputs',
  /** Those whose result is a problem. */
  inputFailures: 'JobInputFailures',
  /** Minutes since the oldest running job was started; 0 if none runs. Every 5 minutes. */
  oldestMinutes: 'OldestJobMinutes',
} as const;

/**
 * Written by the HTTP server only. Lambda freezes the process between events, which would look like a block.
 */
export const SERVER_METRIC = {
  /** 1 for each time the event loop was blocked for more than 200 ms. */
  eventLoopBlocks: 'EventLoopBlocks',
} as const;

/**
 * Below this probability the top-1 class is unreliable. Measured on 200 labelled photos with the model in
 * this repository: 32 % of the photos are below. Of these, 25 % are classified correctly, compared with 71 %
 * of the others. If the share grows, the photos or the model have changed.
 */
export const LOW_CONFIDENCE_BELOW = 0.3;
