/**
 * Deploys a stage: the preflight, `cdk deploy`, the smoke test.
 *
 *   npm run deploy -- --stage dev [--yes]
 *
 * It stops at the first that fails. --yes takes changes of permissions without asking. Exit codes: 0 deployed and well,
 * 1 not, 2 wrong usage.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { readOptions, runCommand } from './lib/command/command.ts';
import { formatFindings, hasFailed } from './lib/findings/report.ts';
import { preflight } from './lib/preflight/preflight.ts';
import { smokeDeployed } from './lib/smoke/deployed.ts';
import { loadStage, readPreflightContext } from './lib/stages/load.ts';

const REPOSITORY = fileURLToPath(new URL('..', import.meta.url));

async function cdkDeploy(stage: string, approval: readonly string[]): Promise<number> {
  const args = ['--no-install', 'cdk', 'deploy', '-c', `stage=${stage}`, ...approval];
  const child = spawn('npx', args, { cwd: REPOSITORY, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}

await runCommand('Usage: npm run deploy -- --stage dev|staging|prod [--yes]', async () => {
  const options = readOptions({ stage: { type: 'string' }, yes: { type: 'boolean', default: false } });
  const stage = await loadStage(options.stage);
  const findings = await preflight({ stage, ...(await readPreflightContext()) });
  console.log(formatFindings(findings, process.stdout));
  if (hasFailed(findings)) return 1;
  const code = await cdkDeploy(stage.name, options.yes ? ['--require-approval', 'never'] : []);
  if (code !== 0) return code;
  const results = await smokeDeployed(stage.name);
  console.log(formatFindings(results, process.stdout));
  return hasFailed(results) ? 1 : 0;
});
