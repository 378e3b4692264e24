import type { BudgetId } from './lib/report/budgets.ts';

const HTTP_OVER_BARE =
  'The phases are in [the table of one request](#where-the-time-of-one-request-goes-ms). Decoding a JPEG of 500 px and resizing ' +
  'it takes about 1.5 ms on one core, of which 0.6 ms is the JPEG itself; a server of Node.js that only waits and answers takes another 0.6 to 0.8 ms ' +
  'for the same bytes on this machine.';

/** Why a budget does not hold, and what was tried: shown in docs/benchmarks.md below the table of budgets. */
export const explanations: Partial<Record<BudgetId, string>> = {
  'http-over-bare-1': HTTP_OVER_BARE,
  'http-over-bare-2': `${HTTP_OVER_BARE} Neither becomes faster with a second thread, as the model does: what 1.2 times leaves beside a run of 7 ms is less than the decoder alone takes.`,
  memory:
    'Node.js takes 44 MiB before it runs anything, ONNX Runtime 10 more, the file of the model 25, its session 80 and the two image libraries 20: ' +
    'about 185 MiB before the HTTP server. Without ONNX Runtime’s arena it is 18 MiB less; loading the model by its path, and switching memory patterns off, change nothing.',
};
