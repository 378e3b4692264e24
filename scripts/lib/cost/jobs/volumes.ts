/**
 * State transitions of one batch. AWS bills one for each child execution that a Distributed Map starts
 * (docs.aws.amazon.com/step-functions, "Transitions in Distributed Map state"), and one for each state that the child
 * enters: the worker, the choice whether inputs are left, and the end.
 */
export const TRANSITIONS_OF_BATCH = { started: 1, states: 3 } as const;

/**
 * States that a job enters itself: a step and a choice for each invocation of the steps, the map, and the end.
 */
export const TRANSITIONS_OF_JOB = { eachInvocation: 2, others: 2 } as const;

/** Keys of one listing: docs.aws.amazon.com/AmazonS3, ListObjectsV2. */
export const KEYS_OF_LISTING = 1000;
/** A listing is usual after 0.2 s: github.com/aws/aws-sdk-cpp/issues/369. Each needs the one before it. */
export const LISTING_SECONDS = 0.2;

/**
 * What a batch costs apart from its photos, in seconds of an execution environment: reading the inputs, waiting for
 * the first photo, and writing the results. Each is a request or two to S3, whose answers take tens of milliseconds
 * ("Timeouts and retries for latency-sensitive applications", AWS's whitepaper on S3).
 */
export const BATCH_SECONDS = 0.3;

/**
 * CPU time for the SDK and TLS to read one object on the measured machine, over loopback: 0.8 ms for 40 kB and 7.4 ms for
 * 4 MB. The worker reads ahead, so it does not wait for S3.
 */
export const READ_MS = { each: 0.8, ofMegabyte: 1.7 } as const;

/** Bytes of one result: a line of JSON with five predictions, the input and the image. */
export const RESULT_BYTES = 700;
/** Bytes of one input, as JSON. */
export const INPUT_BYTES = 100;

/** The log of the state machine for one batch: eleven events of about 450 bytes. */
export const MACHINE_LOG_BYTES = 5000;

/** Requests to S3 for each batch: its inputs, its results and its failures are written; the first two are read. */
export const S3_OF_BATCH = { puts: 3, gets: 2 } as const;
/** Results are merged in pieces of at least 5 MiB, the least of a multipart upload. */
export const MERGED_PIECE_BYTES = 8_000_000;
/** Bytes a second that one invocation merges. Network of a function is about 75 MB/s: an assumption. */
export const MERGE_BYTES_PER_SECOND = 40_000_000;

/** A step goes on in another call when this time is over: lambda/jobs/cloud/deadline.ts. */
export const STEP_SECONDS = 660;
export const STEPS_MEMORY_MIB = 1769;

/** Of a request for an upload, which signs a URL. */
export const UPLOAD_SECONDS = 0.02;
