import type { BudgetId } from './budgets.ts';

const HTTP_OVER_BARE =
  'The phases are in [the table of one request](#where-the-time-of-one-request-goes-ms). Decoding a JPEG of 500 px and resizing ' +
  'it takes about 1.5 ms on one core, of which 0.6 ms is the JPEG itself; a server of Node.js that only waits and answers takes another 0.6 to 0.8 ms ' +
  'for the same bytes on this machine.';

/** Why a budget does not hold, and what was tried: shown in docs/benchmarks.md below the table of budgets. */
export const explanations: Partial<Record<BudgetId, string>> = {
  'http-over-bare-1': HTTP_OVER_BARE,
  'http-over-bare-2': `${HTTP_OVER_BARE} Neither becomes faster with a second thread, as the model does: what 1.2 times leaves beside a run of 7 ms is less than the decoder alone takes.`,
  'p99-busy':
    'A run of 7 ms holds the event loop, and the client takes its share of the same two cores, so a request among eight waits 70 ms at the median. ' +
    'What lies above p95, which is 0.21 of the stack’s, is one or two stalls in a round of 6 s: 1 % of 650 answers are six of them, fewer than share one run and its successor. ' +
    'In the quietest round the ratio was 0.17. Tried: requests that wait share runs, first come first served, which took p99 of eight clients from 150 ms to 100 ms ' +
    '(docs/adr/0013); two processes of one thread (133 to 155 ms, for twice the memory and half again the latency of one client).',
  start:
    'From the command to the first answer: Node.js 22 ms, ONNX Runtime’s library 8, reading the model 13, creating its session 85, the first run 10: 138 ms without any service. ' +
    'The rest is the bundle’s code, the two image libraries, the checksum of the model and the first request. ' +
    '`npm run bench:check` finds 1.1 to 1.2 times the start of a bare process that loads and runs the model from the sources. Tried: a model that is optimised in advance (11 ms less, and tied to the processor ' +
    'it was optimised on), V8’s compile cache (0 to 35 ms, within the noise). The stack starts from files in the page cache and downloads nothing; its 45 s in a cluster are another figure.',
  memory:
    'Node.js takes 44 MiB before it runs anything, ONNX Runtime 10 more, the file of the model 25, its session 80 and the two image libraries 20: ' +
    'about 185 MiB before the HTTP server, more than a quarter of the stack’s 640. The figure here is the peak after up to 32 clients at once, with runs of four images; one client leaves it near 200 (`npm run image:budget`). ' +
    'Tried: without ONNX Runtime’s arena it is 18 MiB less at rest and 100 to 250 more under load; glibc’s malloc with one arena takes 0.99 to 1.00 of the CPU time and, under load, no less memory; loading the model by its path, and switching memory patterns off, change nothing. The image has jemalloc and a smaller part of V8’s heap for new objects (docs/adr/0015); ' +
    'the other rows run without them.',
};
