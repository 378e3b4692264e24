import { readFile, writeFile } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { markdownTable } from '../scripts/lib/generated/markdown.ts';
import { withGeneratedSection } from '../scripts/lib/generated/section.ts';
import { REPOSITORY } from '../scripts/lib/paths.ts';
import { median, ratioOfRounds } from '../scripts/lib/statistics.ts';
import type { PacedLoad, PacedOrder } from './lib/load/paced-load.ts';
import { describeMachine } from './lib/machine/describe.ts';
import { overheadPhoto } from './lib/overhead.ts';
import { withSpread } from './lib/report/format.ts';
import { peakMiB, startService } from './lib/subjects/service.ts';

/**
 * What the service still serves when more clients come than it can serve: `npm run bench:overload`. Every number of clients
 * has its turn in every round; goodput is compared with that of the best number. Writes the table into docs/security.md.
 *
 * Fails where the goodput of the most clients is below 0.9 of the best, or the memory over its limit.
 */
const CLIENTS = [4, 8, 16, 32, 64, 200];
const ROUNDS = 5;
const SECONDS = 6;
const WARM_UP_SECONDS = 2;
const MEMORY_MIB = 1769;
const LEAST_RATIO = 0.9;

const photo = await overheadPhoto();

/** In a thread of its own, so that the numbers are not those of this one. */
function load(order: Omit<PacedOrder, 'photo'>): Promise<PacedLoad> {
  const worker = new Worker(new URL('programs/paced-load-worker.ts', import.meta.url), {
    workerData: { ...order, photo },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve).once('error', reject);
  });
}

// Refusals are logged as warnings.
await using service = await startService({ MEMORY_LIMIT_MIB: String(MEMORY_MIB) }, { stderr: 'ignore' });
await load({ url: service.url, clients: 8, seconds: WARM_UP_SECONDS });

const rounds: Map<number, PacedLoad>[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const loads = new Map<number, PacedLoad>();
  for (const clients of CLIENTS)
    loads.set(clients, await load({ url: service.url, clients, seconds: SECONDS }));
  rounds.push(loads);
}
const peak = await peakMiB(service.pid);

const ratesOf = (clients: number): number[] =>
  rounds.map((loads) => {
    const { answered, seconds } = loads.get(clients) as PacedLoad;
    return answered / seconds;
  });
/** The number of clients that got the most answers, by the median of its rounds: the best of a round may be luck. */
const best = CLIENTS.reduce((a, b) => (median(ratesOf(b)) > median(ratesOf(a)) ? b : a));
const results = CLIENTS.map((clients) => {
  const loads = rounds.flatMap((byClients) => byClients.get(clients) ?? []);
  return {
    clients,
    ratio: ratioOfRounds(ratesOf(clients), ratesOf(best)),
    perSecond: median(ratesOf(clients)),
    refused: median(loads.map(({ refused, seconds }) => refused / seconds)),
    failed: loads.reduce((sum, { failed }) => sum + failed, 0),
  };
});

const goodputTable = markdownTable(
  ['Clients', `Goodput over that of ${best} clients`, 'Answers a second', 'Refusals a second', 'Failures'],
  results.map(({ clients, ratio, perSecond, refused, failed }) => [
    String(clients),
    withSpread(ratio),
    perSecond.toFixed(0),
    refused.toFixed(0),
    String(failed),
  ]),
);
const { cpu, cores } = await describeMachine();
const summary =
  `${cpu}, ${cores} cores, which the clients share. ${ROUNDS} rounds of ${SECONDS} s for each number of clients, a JPEG of 500 px, ` +
  `clients that wait as long as \`Retry-After\` says. Peak memory: ${peak.toFixed(0)} of ${MEMORY_MIB} MiB.`;
console.log(`${goodputTable}\n\n${summary}`);

const document = `${REPOSITORY}docs/security.md`;
const text = await readFile(document, 'utf8');
await writeFile(document, withGeneratedSection(text, 'overload', `${goodputTable}\n\n${summary}`));

const last = results.at(-1);
if (!last || last.ratio.median < LEAST_RATIO || last.failed > 0 || peak > MEMORY_MIB) process.exitCode = 1;
