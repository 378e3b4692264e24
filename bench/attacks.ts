import { setMaxListeners } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../scripts/lib/command/command.ts';
import { markdownTable } from '../scripts/lib/generated/markdown.ts';
import { withGeneratedSection } from '../scripts/lib/generated/section.ts';
import { REPOSITORY } from '../scripts/lib/paths.ts';
import { ATTACKS, type Attack } from './lib/attacks/attacks.ts';
import { describeMachine } from './lib/machine/describe.ts';
import { overheadPhoto } from './lib/photos.ts';
import { peakMiB, startService } from './lib/subjects/service.ts';

const SECONDS = 10;
const PAUSE_MS = 250;
const MEMORY_MIB = 1769;
const LONGEST_WAIT_MS = 5000;
const DOCUMENT = `${REPOSITORY}docs/security.md`;

interface Cost {
  readonly peakMiB: number;
  readonly longestWaitMs: number;
  /** Answers to the photos by status. */
  readonly photos: Readonly<Record<string, number>>;
  /** Answers to the attacker by status. */
  readonly attacker: Readonly<Record<string, number>>;
}

await runCommand(
  {
    name: 'npm run bench:attacks --',
    summary:
      'Attacks the real server with its model, and measures what that costs the server and a client that sends a photo\n' +
      `every ${PAUSE_MS} ms. Each attack has a server of its own. Writes the table into docs/security.md.`,
    examples: [''],
    activity: 'Attacking the server',
    exitCodes: {
      success: 'every server stood it',
      failure: `a server died, passed its memory, or kept a photo waiting for over ${LONGEST_WAIT_MS / 1000} s`,
    },
  },
  async () => {
    const photo = await overheadPhoto();
    const rows: string[][] = [];
    let code: 0 | 1 = 0;
    for (const attack of ATTACKS) {
      const cost = await measure(attack, photo);
      const row = [
        attack.name,
        `${cost.peakMiB.toFixed(0)} MiB`,
        `${(cost.longestWaitMs / 1000).toFixed(1)} s`,
        formatAnswers(cost.photos),
        formatAnswers(cost.attacker),
      ];
      rows.push(row);
      console.log(row.join(' | '));
      if (!(cost.peakMiB < MEMORY_MIB && cost.longestWaitMs < LONGEST_WAIT_MS)) code = 1;
    }
    const content = `${tableOf(rows)}\n\n${await conditions()}`;
    await writeFile(DOCUMENT, withGeneratedSection(await readFile(DOCUMENT, 'utf8'), 'attacks', content));
    return code;
  },
);

async function measure({ run }: Attack, photo: Buffer): Promise<Cost> {
  await using service = await startService({ MEMORY_LIMIT_MIB: String(MEMORY_MIB) }, { stderr: 'ignore' });
  const photos: Record<string, number> = {};
  const attacker: Record<string, number> = {};
  const countIn = (counts: Record<string, number>) => (answer: string) => {
    counts[answer] = (counts[answer] ?? 0) + 1;
  };
  const end = new AbortController();
  // Each connection of the attack has a listener.
  setMaxListeners(0, end.signal);
  const attack = run({
    port: Number(new URL(service.url).port),
    signal: end.signal,
    count: countIn(attacker),
  });
  let longestWaitMs = 0;
  const endMs = performance.now() + SECONDS * 1000;
  while (performance.now() < endMs) {
    const start = performance.now();
    const answer = await fetch(`${service.url}/predict`, { method: 'POST', body: photo }).catch(
      () => undefined,
    );
    await answer?.bytes();
    longestWaitMs = Math.max(longestWaitMs, performance.now() - start);
    countIn(photos)(String(answer?.status ?? 'closed'));
    await sleep(PAUSE_MS);
  }
  const peak = await peakMiB(service.pid);
  end.abort();
  await attack;
  return { peakMiB: peak, longestWaitMs, photos, attacker };
}

function formatAnswers(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([answer, count]) => `${count} × ${answer}`)
    .join(', ');
}

function tableOf(rows: readonly (readonly string[])[]): string {
  return markdownTable(
    ['Attack', 'Peak memory', 'Longest wait for a photo', 'Answers to photos', 'Answers to the attacker'],
    rows,
  );
}

async function conditions(): Promise<string> {
  const { cpu, cores } = await describeMachine();
  return (
    `Measured on ${cpu} with ${cores} cores, which the attacker shares, for ${SECONDS} s each, with ` +
    `\`MEMORY_LIMIT_MIB=${MEMORY_MIB}\`.`
  );
}
