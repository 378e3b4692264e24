import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { flag } from './lib/command/options.ts';
import { reportFindings } from './lib/findings/report.ts';
import { REPOSITORY } from './lib/paths.ts';
import { preflight } from './lib/preflight/preflight.ts';
import { smokeDeployed } from './lib/smoke/deployed.ts';
import { loadStage, readPreflightContext, stageOption } from './lib/stages/load.ts';

await runCommand(
  {
    name: 'npm run deploy --',
    summary: 'Deploys a stage: the preflight, cdk deploy, the smoke test. Stops at the first one that fails.',
    options: {
      stage: stageOption,
      yes: flag('accepts changes of permissions without asking'),
    },
    exitCodes: { success: 'deployed, and the smoke test passed', failure: 'a step failed' },
    explain: explainAwsError,
  },
  async ({ stage: name, yes }) => {
    const stage = await loadStage(name);
    const findings = await preflight({ stage, ...(await readPreflightContext(stage)) });
    if (reportFindings(findings) !== 0) return 1;
    if ((await cdkDeploy(stage.name, yes ? ['--require-approval', 'never'] : [])) !== 0) return 1;
    return reportFindings(await smokeDeployed(stage.name));
  },
);

async function cdkDeploy(stage: string, approval: readonly string[]): Promise<number> {
  const args = ['--no-install', 'cdk', 'deploy', '-c', `stage=${stage}`, ...approval];
  const child = spawn('npx', args, { cwd: REPOSITORY, stdio: 'inherit' });
  const [code] = await once(child, 'exit');
  return code ?? 1;
}
