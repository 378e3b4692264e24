import type { TargetId } from './targets.ts';

const HTTP_OVER_BARE =
  'The phases are in [the table of one request](#where-the-time-of-one-request-goes-ms). Decoding and resizing a JPEG of 500 px takes about ' +
  '1.5 ms on one core, 0.6 ms of it for decoding alone. A Node.js server that only waits and answers takes another 0.6 to 0.8 ms for the same ' +
  'bytes on this machine.';

/** Why targets are missed, and what was tried. docs/benchmarks.md shows this below the table of targets. */
export const explanations: Partial<Record<TargetId, string>> = {
  'http-over-bare-1': HTTP_OVER_BARE,
  'http-over-bare-2': `${HTTP_OVER_BARE} A second thread speeds up the model, but neither of these. At 1.2 times a run of 7 ms, the time that remains is less than decoding and resizing take.`,
  'p99-busy':
    'A run of 7 ms blocks the event loop, and the client uses its share of the same two cores, so the median of eight concurrent requests is 70 ms. ' +
    'The p95 is 0.21 times the PyTorch stack’s. Above p95 there are one or two stalls in a round of 6 s: 1 % of 650 answers are six answers, fewer than two consecutive runs classify. ' +
    'In the quietest round the ratio was 0.17. Tried: waiting requests share runs in the order of their arrival, which reduced p99 of eight clients from 150 ms to 100 ms ' +
    '(docs/adr/0013); two processes of one thread (133 to 155 ms, with twice the memory and 1.5 times the latency of one client).',
  start:
    'From the command to the first answer: Node.js 22 ms, ONNX Runtime’s library 8, reading the model 13, creating its session 85, the first run 10. That was 138 ms without any service, before the model was optimised in advance (docs/adr/0030). ' +
    'The rest is the code of the bundle, the two image libraries, the checksum of the model and the first request. ' +
    '`npm run bench:check` measures 1.1 to 1.2 times the start of a bare process that loads and runs the model from the sources. ' +
    'Tried: V8’s compile cache (0 to 35 ms, within the noise). The PyTorch stack starts with its files in the page cache and downloads nothing here. Its 45 s in a cluster are a different figure.',
  memory:
    'Node.js takes 44 MiB before it runs anything, ONNX Runtime 10 more, the file of the model 25, its session 80 and the two image libraries 20: ' +
    'about 185 MiB before the HTTP server, more than a quarter of the 640 MiB of the PyTorch stack. The figure here is the peak after up to 32 concurrent clients, with runs of four images. With one client it is about 200 (`npm run image:budget`). ' +
    'Tried: without ONNX Runtime’s arena, memory is 18 MiB less at rest and 100 to 250 MiB more under load; glibc’s malloc with one arena takes 0.99 to 1.00 of the CPU time and no less memory under load; switching off memory patterns makes no difference. These figures are from before the model was optimised in advance and loaded by its path, which takes a third less memory than the file and the session did (docs/adr/0030). The image uses jemalloc and a smaller part of V8’s heap for new objects (docs/adr/0015); ' +
    'the other rows do not.',
};
