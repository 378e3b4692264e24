/**
 * Asks a running service for everything it is there for: health, readiness, the model, a prediction, a batch, a refusal.
 *
 *   npm run smoke -- --url http://localhost:8080 [--api-key KEY] [--json]
 *   npm run smoke -- --stage prod [--json]        URL and key from the outputs of the stack
 *
 * Exit codes: 0 all is well, 1 something is not, 2 wrong usage.
 */
import { readOptions, runCommand, UsageError } from './lib/command/command.ts';
import { formatFindings, hasFailed } from './lib/findings/report.ts';
import { smokeDeployed } from './lib/smoke/deployed.ts';
import { smoke } from './lib/smoke/smoke.ts';
import { loadStage } from './lib/stages/load.ts';

await runCommand('Usage: npm run smoke -- --url URL [--api-key KEY] | --stage NAME [--json]', async () => {
  const options = readOptions({
    url: { type: 'string' },
    'api-key': { type: 'string' },
    stage: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const { url, stage, json } = options;
  if ((url === undefined) === (stage === undefined)) throw new UsageError('Expected either --url or --stage');
  if (url !== undefined && !/^https?:$/.test(URL.parse(url)?.protocol ?? '')) {
    throw new UsageError(`--url: expected an http or https URL, got ${url}`);
  }
  const findings =
    url === undefined
      ? await smokeDeployed((await loadStage(stage)).name)
      : await smoke({ url, apiKey: options['api-key'] });
  console.log(json ? JSON.stringify(findings, null, 2) : formatFindings(findings, process.stdout));
  return hasFailed(findings) ? 1 : 0;
});
