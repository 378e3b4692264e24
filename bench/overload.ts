import { readFile, writeFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { runCommand } from '../scripts/lib/command/command.ts';
import { markdownTable } from '../scripts/lib/generated/markdown.ts';
import { withGeneratedSection } from '../scripts/lib/generated/section.ts';
import { REPOSITORY } from '../scripts/lib/paths.ts';
import { median, ratioOfRounds } from '../scripts/lib/statistics.ts';
import type { PacedLoad, PacedOrder } from './lib/load/paced-load.ts';
import { describeMachine } from './lib/machine/describe.ts';
import { programPath } from './lib/paths.ts';
import { overheadPhoto } from './lib/photos.ts';
import { withSpread } from './lib/report/format.ts';
import { peakMiB, startService } from './lib/subjects/service.ts';

const CLIENTS = [4, 8, 16, 32, 64, 200];
const ROUNDS = 5;
const SECONDS = 6;
const WARM_UP_SECONDS = 2;
const MEMORY_MIB = 1769;
const LEAST_RATIO = 0.9;
const DOCUMENT = `${REPOSITORY}docs/security.md`;

/** The load of each number of clients, in one round. */
type Round = ReadonlyMap<number, PacedLoad>;

await runCommand(
  {
    name: 'npm run bench:overload --',
    summary:
      'Measures the goodput of the service when more clients come than it can serve. Every number of clients has its turn\n' +
      'in every round, and is compared with the best number. Writes the table into docs/security.md.',
    examples: [''],
    activity: 'Measuring',
    exitCodes: {
      success: 'done',
      failure: `with the most clients, goodput was below ${LEAST_RATIO} of the best, or memory over its limit`,
    },
  },
  async () => {
    const photo = await overheadPhoto();
    // Refusals are logged as warnings.
    await using service = await startService({ MEMORY_LIMIT_MIB: String(MEMORY_MIB) }, { stderr: 'ignore' });
    const load = (clients: number, seconds: number) =>
      applyInThread({ url: service.url, photo, clients, seconds });
    await load(8, WARM_UP_SECONDS);
    const rounds: Round[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const loads = new Map<number, PacedLoad>();
      for (const clients of CLIENTS) loads.set(clients, await load(clients, SECONDS));
      rounds.push(loads);
    }
    const peak = await peakMiB(service.pid);

    const { best, results } = summarise(rounds);
    const { cpu, cores } = await describeMachine();
    const conditions =
      `Measured on ${cpu} with ${cores} cores, which the clients share: ${ROUNDS} rounds of ${SECONDS} s for each number of ` +
      'clients, which send a JPEG of 500 px and wait as long as `Retry-After` says. ' +
      `Peak memory: ${peak.toFixed(0)} of ${MEMORY_MIB} MiB.`;
    const content = `${tableOf(best, results)}\n\n${conditions}`;
    console.log(content);
    await writeFile(DOCUMENT, withGeneratedSection(await readFile(DOCUMENT, 'utf8'), 'overload', content));

    const last = results.at(-1);
    return last && last.ratio.median >= LEAST_RATIO && last.failed === 0 && peak <= MEMORY_MIB ? 0 : 1;
  },
);

/** In its own thread, so that the clients do not disturb the measurement. */
function applyInThread(order: PacedOrder): Promise<PacedLoad> {
  const worker = new Worker(programPath('paced-load-worker'), { workerData: order });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
}

function summarise(rounds: readonly Round[]) {
  const loadsOf = (clients: number) => rounds.flatMap((loads) => loads.get(clients) ?? []);
  const ratesOf = (clients: number) => loadsOf(clients).map(({ answered, seconds }) => answered / seconds);
  // By the median of its rounds, because the best single round may be luck.
  const best = CLIENTS.reduce((a, b) => (median(ratesOf(b)) > median(ratesOf(a)) ? b : a));
  const results = CLIENTS.map((clients) => ({
    clients,
    ratio: ratioOfRounds(ratesOf(clients), ratesOf(best)),
    perSecond: median(ratesOf(clients)),
    refused: median(loadsOf(clients).map(({ refused, seconds }) => refused / seconds)),
    failed: loadsOf(clients).reduce((sum, { failed }) => sum + failed, 0),
  }));
  return { best, results };
}

function tableOf(best: number, results: ReturnType<typeof summarise>['results']): string {
  return markdownTable(
    ['Clients', `Goodput, relative to ${best} clients`, 'Answers a second', 'Refusals a second', 'Failures'],
    results.map(({ clients, ratio, perSecond, refused, failed }) => [
      clients,
      withSpread(ratio),
      perSecond.toFixed(0),
      refused.toFixed(0),
      failed,
    ]),
  );
}
