import { METRIC } from '../../../lambda/telemetry/names.ts';

/**
 * Bytes and counts that the service makes for each request. Counted, not computed: one warm `POST /predict` of
 * `examples/cat.jpg` with `METRICS=on`, its response with headers, and the lines it wrote.
 */
export const BYTES = {
  /** Request body of a 500 px JPEG. */
  request: 40_000,
  /** Five predictions, 717 bytes, and 833 bytes of headers. */
  response: 1550,
  /** One JSON line of the service, with the ids that Lambda adds. */
  applicationLog: 550,
  /** One line in embedded metric format. */
  metricsLog: 1110,
  /** The lines START, END and REPORT of Lambda, with a trace id. */
  platformLog: 420,
  /** One JSON line of API Gateway, `lib/constructs/api/access-log.ts`, with the user agent of a browser. */
  accessLog: 670,
} as const;

/** Each name of `lambda/telemetry/names.ts` has one set of dimensions, and so is one metric to CloudWatch. */
export const CUSTOM_METRICS = Object.keys(METRIC).length;

/**
 * What API Gateway writes for each method that is called, where detailed metrics are on, and bills like custom metrics:
 * Count, 4XXError, 5XXError, Latency and IntegrationLatency. docs.aws.amazon.com/apigateway, "Dimensions and metrics".
 */
export const METRICS_PER_METHOD = 5;

/** The compressed image in GB, at the limit of `bench/image.ts`, and how many of them a registry keeps. */
export const IMAGE_GB = 0.15;
export const IMAGES_KEPT = 5;
