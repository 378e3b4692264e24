import type { LoadRound, Result } from '../../../bench/lib/result.ts';
import type { Measurement } from '../../../scripts/lib/cost/durations.ts';

/** A round in which a prediction takes this long. All other figures follow from it. */
const round = (p50Ms: number, perSecond: number): LoadRound => ({
  answers: 100,
  perSecond,
  refusedPerSecond: 0,
  p50Ms,
  p95Ms: p50Ms * 2,
  p99Ms: p50Ms * 3,
  cpuMsPerAnswer: p50Ms,
});

const load = (subject: string, p50Ms: number, perSecond: number): Result['load'] =>
  [1, 8].map((clients) => ({
    subject,
    clients,
    rounds: [1, 2, 3].map((slow) => round(p50Ms * slow, perSecond / slow)),
  }));

/** 400 predictions of 8 clients, then another 400 of 32 with a tenth more memory. */
const memory = (subject: string, crowdMiB: number): Result['memory'] =>
  [8, 32].map((clients, index) => ({
    subject,
    clients,
    predictions: 400 * (index + 1),
    rounds: [1, 2].map(() => ({ peakMiB: crowdMiB * (0.9 + 0.1 * index), anonymousMiB: crowdMiB / 2 })),
  }));

/**
 * A run in which this service takes 10 ms, PyTorch 50 ms with one worker and 40 ms with two, which take more
 * memory.
 */
export const result: Result = {
  schema: 2,
  date: '2026-01-02',
  quick: false,
  machine: { cpu: 'A CPU', family: 'family 1', cores: 2, flags: ['avx2'], memoryGiB: 8, kernel: '6.1' },
  versions: { 'Node.js': '24.0.0' },
  floatModel: 'given',
  photos: [{ name: 'cat', bytes: 30_000, width: 500, height: 333 }],
  subjects: [
    { id: 'bundle', title: 'This service, the bundle' },
    { id: 'torch-1', title: 'FastAPI + PyTorch, 1 worker' },
    { id: 'torch-2', title: 'FastAPI + PyTorch, 2 workers' },
  ],
  skipped: [{ title: 'A framework', reason: 'it does not install' }],
  threadSweep: [{ workers: 1, threads: 2, p50Ms: 50, perSecondOf8Clients: 20 }],
  load: [...load('bundle', 10, 100), ...load('torch-1', 50, 20), ...load('torch-2', 40, 30)],
  starts: [
    { subject: 'bundle', seconds: [0.3, 0.4, 0.3] },
    { subject: 'torch-1', seconds: [4, 4, 5] },
    { subject: 'torch-2', seconds: [6, 6, 6] },
  ],
  bareProcess: { startSeconds: [0.1, 0.2, 0.1], peakMiB: [120, 121, 122] },
  memory: [...memory('bundle', 300), ...memory('torch-1', 900), ...memory('torch-2', 1800)],
  container: { startSeconds: [0.6, 0.7], initSeconds: [0.25, 0.35] },
  disk: [{ title: 'This service, its container image', megabytes: 333 }],
  imageSizes: [
    { subject: 'bundle', photo: '100 x 66', bytes: 3000, p50Ms: [8] },
    { subject: 'torch-1', photo: '100 x 66', bytes: 3000, p50Ms: [40] },
  ],
  batches: [
    { subject: 'bundle', images: 16, p50Ms: [160] },
    { subject: 'torch-1', images: 16, p50Ms: [800] },
  ],
  bareRuns: (['onnxruntime-node', 'openvino'] as const).flatMap((runtime) =>
    [1, 2].map((threads) => ({
      runtime,
      model: 'int8' as const,
      threads,
      medianMs: runtime === 'openvino' ? [5, 10] : [7, 12],
    })),
  ),
  overhead: [1, 2].map((threads) => ({
    threads,
    rounds: [{ bareMs: 10, httpMs: 10 + threads, decodeMs: 0.5, inferenceMs: 10, serverMs: 10.7 }],
  })),
  peaks: [1, 2].map((threads) => ({ threads, int8: 410 * threads, float32: 100 * threads })),
  accuracy: { images: 200, int8Top1: 0.565, floatTop1: 0.56 },
};

/** With half a vCPU, everything takes twice as long. */
export const measurement: Measurement = {
  measuredOn: '2026-01-02',
  machine: '2 cores of a CPU',
  image: 'sha256:0123456789ab',
  photoBytes: 34_000,
  rounds: 5,
  requestsPerRound: 60,
  periodMs: 20,
  initMs: 250,
  points: [2, 1].map((factor) => ({
    vcpuShare: 1 / factor,
    threads: 1,
    meanMs: 13 * factor,
    p50Ms: 12 * factor,
    p95Ms: 15 * factor,
    cpuMs: 12,
  })),
};
