import { setTimeout as sleep } from 'node:timers/promises';
import type { NamedFinding } from '../findings/finding.ts';
import { hasFailed } from '../findings/report.ts';

/** A new API key or firewall works a while after CloudFormation is done: AWS, "Usage plans and API keys". */
const SMOKE_ATTEMPTS = 3;
const SMOKE_PAUSE_MS = 30_000;

/** Repeats a smoke test that fails. @returns the findings of the last one */
export async function smokeUntilPassed(
  smoke: () => Promise<readonly NamedFinding[]>,
  say: (line: string) => void,
  pauseMs = SMOKE_PAUSE_MS,
): Promise<readonly NamedFinding[]> {
  for (let attempt = 1; ; attempt += 1) {
    const findings = await smoke();
    if (!hasFailed(findings) || attempt === SMOKE_ATTEMPTS) return findings;
    const failed = findings
      .filter(({ status }) => status === 'fail')
      .map(({ name, found }) => `${name}: ${found}`);
    say(`${failed.join('; ')}. Once more in ${pauseMs / 1000} s.`);
    await sleep(pauseMs);
  }
}
