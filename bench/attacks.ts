import { setMaxListeners } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { markdownTable } from '../scripts/lib/generated/markdown.ts';
import { withGeneratedSection } from '../scripts/lib/generated/section.ts';
import { REPOSITORY } from '../scripts/lib/paths.ts';
import { ATTACKS, type Attack } from './lib/attacks/attacks.ts';
import { describeMachine } from './lib/machine/describe.ts';
import { overheadPhoto } from './lib/overhead.ts';
import { peakMiB, startService } from './lib/subjects/service.ts';

/**
 * What attacks cost the real server with its model, and what a client that sends a photo every quarter of a second notices
 * of them: `npm run bench:attacks`. Each attack has a server of its own. Writes the table into docs/security.md.
 *
 * Fails where a server dies, takes more than its memory, or keeps the photo waiting for more than 5 s.
 */
const SECONDS = 10;
const PAUSE_MS = 250;
const MEMORY_MIB = 1769;
const LONGEST_WAIT_MS = 5000;

const photo = await overheadPhoto();

interface Cost {
  readonly peakMiB: number;
  readonly longestWaitMs: number;
  /** Answers to the photos, and to the attacker, by status. */
  readonly photos: Readonly<Record<string, number>>;
  readonly attacker: Readonly<Record<string, number>>;
}

async function suffer({ run }: Attack): Promise<Cost> {
  await using service = await startService({ MEMORY_LIMIT_MIB: String(MEMORY_MIB) }, { stderr: 'ignore' });
  const photos: Record<string, number> = {};
  const attacker: Record<string, number> = {};
  const add = (counts: Record<string, number>) => (answer: string) => {
    counts[answer] = (counts[answer] ?? 0) + 1;
  };
  const over = new AbortController();
  // One for each connection of the attack.
  setMaxListeners(0, over.signal);
  const attack = run({ port: Number(new URL(service.url).port), signal: over.signal, count: add(attacker) });
  let longestWaitMs = 0;
  const end = performance.now() + SECONDS * 1000;
  while (performance.now() < end) {
    const start = performance.now();
    const answer = await fetch(`${service.url}/predict`, { method: 'POST', body: photo }).catch(
      () => undefined,
    );
    await answer?.bytes();
    longestWaitMs = Math.max(longestWaitMs, performance.now() - start);
    add(photos)(String(answer?.status ?? 'closed'));
    await sleep(PAUSE_MS);
  }
  const peak = await peakMiB(service.pid);
  over.abort();
  await attack;
  return { peakMiB: peak, longestWaitMs, photos, attacker };
}

const answers = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([answer, count]) => `${count} × ${answer}`)
    .join(', ');

const rows: string[][] = [];
for (const attack of ATTACKS) {
  const cost = await suffer(attack);
  rows.push([
    attack.name,
    `${cost.peakMiB.toFixed(0)} MiB`,
    `${(cost.longestWaitMs / 1000).toFixed(1)} s`,
    answers(cost.photos),
    answers(cost.attacker),
  ]);
  console.log(rows.at(-1)?.join(' | '));
  if (!(cost.peakMiB < MEMORY_MIB && cost.longestWaitMs < LONGEST_WAIT_MS)) process.exitCode = 1;
}

const { cpu, cores } = await describeMachine();
const summary =
  `${cpu}, ${cores} cores, which the attacker shares. ${SECONDS} s for each attack, ` +
  `\`MEMORY_LIMIT_MIB=${MEMORY_MIB}\`.`;
const document = `${REPOSITORY}docs/security.md`;
const content = `${markdownTable(['Attack', 'Peak memory', 'Longest wait of a photo', 'Answers to photos', 'Answers to the attacker'], rows)}\n\n${summary}`;
await writeFile(document, withGeneratedSection(await readFile(document, 'utf8'), 'attacks', content));
