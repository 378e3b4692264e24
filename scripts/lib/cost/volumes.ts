import { DRIFT_METRIC, METRIC } from '../../../lambda/telemetry/names.ts';

/**
 * Bytes of each request, counted on one warm `POST /predict` of `examples/cat.jpg` with `METRICS=on`: the
 * response with its headers, and the lines of the log.
 */
export const BYTES = {
  /** Request body of a 500 px JPEG. */
  request: 40_000,
  /** Five predictions, 717 bytes, and 833 bytes of headers. */
  response: 1550,
  /** One JSON line of the service, with Lambda's ids. */
  applicationLog: 550,
  /** One line in embedded metric format. */
  metricsLog: 1110,
  /** The lines START, END and REPORT of Lambda, with a trace id. */
  platformLog: 420,
  /** One JSON line of API Gateway, `lib/constructs/api/access-log.ts`, with the user agent of a browser. */
  accessLog: 670,
} as const;

/** Each name in `lambda/telemetry/names.ts` has one set of dimensions, so it is one metric of CloudWatch. */
export const CUSTOM_METRICS = Object.keys(METRIC).length;

/** Metrics that are written once a day. */
export const DAILY_METRICS = Object.keys(DRIFT_METRIC).length;

/**
 * The detailed metrics that API Gateway writes for each method that is called, billed like custom metrics:
 * Count, 4XXError, 5XXError, Latency and IntegrationLatency. docs.aws.amazon.com/apigateway, "Dimensions and
 * metrics".
 */
export const METRICS_PER_METHOD = 5;

/** The compressed image in GB: the limit of `bench/image.ts`. */
export const IMAGE_GB = 0.15;
/** Images that the registry keeps. */
export const IMAGES_KEPT = 5;
