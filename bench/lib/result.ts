import { z } from 'zod';

const ms = z.number().positive();
const rounds = <Round extends z.ZodType>(round: Round) => z.array(round).min(1);

const loadRound = z.object({
  /** Right answers. The percentiles are over these. */
  answers: z.int().positive(),
  perSecond: z.number().positive(),
  refusedPerSecond: z.number().nonnegative(),
  p50Ms: ms,
  p95Ms: ms,
  p99Ms: ms,
  /** User and system time of the server's processes, for each right answer. */
  cpuMsPerAnswer: z.number().nonnegative(),
});

/**
 * What `npm run bench` measured. All servers took turns in each round, so that equal positions belong
 * together.
 */
export const resultSchema = z.object({
  schema: z.literal(2),
  date: z.iso.date(),
  /** Too short to mean anything; for work on the benchmark. */
  quick: z.boolean(),
  machine: z.object({
    cpu: z.string(),
    family: z.string(),
    cores: z.int().positive(),
    flags: z.array(z.string()),
    memoryGiB: z.number(),
    kernel: z.string(),
  }),
  versions: z.record(z.string(), z.string()),
  /** Where the float32 weights come from. */
  floatModel: z.enum(['given', 'scaled back from int8']),
  photos: z.array(z.object({ name: z.string(), bytes: z.int(), width: z.int(), height: z.int() })),
  subjects: z.array(z.object({ id: z.string(), title: z.string() })),
  /** Servers that could not be measured, and why. */
  skipped: z.array(z.object({ title: z.string(), reason: z.string() })),
  /** FastAPI + PyTorch with every setting, to find the best one. */
  threadSweep: z.array(
    z.object({
      workers: z.int(),
      threads: z.int(),
      p50Ms: ms,
      perSecondOf8Clients: z.number().positive(),
    }),
  ),
  load: z.array(z.object({ subject: z.string(), clients: z.int().positive(), rounds: rounds(loadRound) })),
  starts: z.array(z.object({ subject: z.string(), seconds: rounds(z.number().positive()) })),
  /** Loading the model and running it once, in a process that does nothing else. */
  bareProcess: z
    .object({ startSeconds: rounds(z.number().positive()), peakMiB: rounds(z.number().positive()) })
    .nullable(),
  /** Of a new process, after this many predictions with up to this many clients. */
  memory: z.array(
    z.object({
      subject: z.string(),
      clients: z.int().positive(),
      predictions: z.int().positive(),
      rounds: rounds(z.object({ peakMiB: z.number(), anonymousMiB: z.number() })),
    }),
  ),
  /** The container with one vCPU: to its first prediction over HTTP, and the init phase in the emulator. */
  container: z
    .object({ startSeconds: rounds(z.number().positive()), initSeconds: rounds(z.number().positive()) })
    .nullable(),
  disk: z.array(z.object({ title: z.string(), megabytes: z.number().positive() })),
  imageSizes: z.array(
    z.object({ subject: z.string(), photo: z.string(), bytes: z.int(), p50Ms: rounds(ms) }),
  ),
  batches: z.array(z.object({ subject: z.string(), images: z.int().positive(), p50Ms: rounds(ms) })),
  bareRuns: z.array(
    z.object({
      runtime: z.enum(['onnxruntime-node', 'onnxruntime', 'openvino']),
      model: z.enum(['int8', 'float32', 'bfloat16']),
      threads: z.int().positive(),
      medianMs: rounds(ms),
    }),
  ),
  overhead: z.array(
    z.object({
      threads: z.int().positive(),
      rounds: rounds(z.object({ bareMs: ms, httpMs: ms, decodeMs: ms, inferenceMs: ms, serverMs: ms })),
    }),
  ),
  /** Billions of multiply-accumulates a second that the machine reaches on large matrices. */
  peaks: z.array(
    z.object({ threads: z.int().positive(), float32: z.number().positive(), int8: z.number().positive() }),
  ),
  accuracy: z.object({ images: z.int().positive(), int8Top1: z.number(), floatTop1: z.number() }).nullable(),
});

export type Result = z.output<typeof resultSchema>;
export type LoadRound = z.output<typeof loadRound>;
