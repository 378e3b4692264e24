/**
 * Checks this machine and the AWS account before a deployment, and says what to do about what it finds:
 *
 *   npm run preflight -- --stage prod [--json]
 *
 * Exit codes: 0 nothing in the way (warnings included), 1 a check failed, 2 wrong usage.
 */
import { readOptions, runCommand } from './lib/command/command.ts';
import { formatFindings, hasFailed } from './lib/findings/report.ts';
import { preflight } from './lib/preflight/preflight.ts';
import { loadStage, readPreflightContext } from './lib/stages/load.ts';

await runCommand('Usage: npm run preflight -- --stage dev|staging|prod [--json]', async () => {
  const options = readOptions({ stage: { type: 'string' }, json: { type: 'boolean', default: false } });
  const stage = await loadStage(options.stage);
  const findings = await preflight({ stage, ...(await readPreflightContext()) });
  console.log(options.json ? JSON.stringify(findings, null, 2) : formatFindings(findings, process.stdout));
  return hasFailed(findings) ? 1 : 0;
});
