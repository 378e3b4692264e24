import { once } from 'node:events';
import { rm, writeFile } from 'node:fs/promises';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { FAILURES_VARIABLE, whyFailed } from '../lib/ci/failed-tests.ts';
import { REPOSITORY } from '../lib/paths.ts';
import { passThrough } from '../lib/system/pass-through.ts';
import { clientOf, shellEnvironment } from './account.ts';
import { createCdk, STACK } from './cdk.ts';
import { describeDeployment, type EmulatedDeployment } from './deployment.ts';
import { ENVIRONMENT_FILE, FAILED_TESTS } from './paths.ts';
import type { Announce } from './steps.ts';

interface Run {
  /** `127.0.0.1:PORT` of the emulator. */
  readonly address: string;
  /** What else a command for AWS needs in its environment. */
  readonly hosts: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly step: Announce;
}

/** What to do with a running emulator. Rejects if it failed. */
export type Work = (run: Run) => Promise<void>;

/** By their names on the command line. */
export const MODES = {
  test: async (run) => {
    const { cdk } = await deploy(run);
    run.step('Tests', { isQuiet: false });
    await runTests(run);
    run.step('cdk destroy');
    await cdk.destroy();
    await expectNoStack(run);
  },
  docs: async (run) => {
    const { cdk, deployment } = await deploy(run);
    await writeFile(ENVIRONMENT_FILE, environmentFile(deployment));
    run.step('Pages', { isQuiet: false });
    await runPages(run);
    run.step('cdk destroy');
    await cdk.destroy();
  },
  up: async (run) => {
    const { deployment } = await deploy(run);
    run.step('Running', { isQuiet: false });
    await writeFile(ENVIRONMENT_FILE, environmentFile(deployment));
    console.log(howToCall(deployment));
    await once(run.signal, 'abort');
  },
} as const satisfies Readonly<Record<string, Work>>;

export const MODE_NAMES = Object.keys(MODES) as readonly (keyof typeof MODES)[];

async function deploy({ address, hosts, signal, step }: Run) {
  const cdk = createCdk(address, signal);
  step('cdk bootstrap');
  await cdk.bootstrap();
  step('cdk deploy');
  return { cdk, deployment: await describeDeployment(address, hosts, await cdk.deploy()) };
}

/** Its message is one line; `why` names the failed tests and their errors. */
export class FailedTests extends Error {
  readonly why: string;

  constructor(why: string) {
    super('The tests of the deployment failed');
    this.why = why;
  }
}

async function runTests({ signal }: Run): Promise<void> {
  const file = process.env[FAILURES_VARIABLE] ?? FAILED_TESTS;
  await rm(FAILED_TESTS, { force: true });
  const { code, lastOutput } = await passThrough(
    'node_modules/.bin/vitest',
    ['run', '--config', 'vitest.emulator.config.ts'],
    { cwd: REPOSITORY, env: { ...process.env, [FAILURES_VARIABLE]: file }, signal },
  );
  if (code !== 0) throw new FailedTests(await whyFailed(file, lastOutput));
}

/** For one block, such as a deployment. */
const BLOCK_SECONDS = 600;

async function runPages({ signal }: Run): Promise<void> {
  const args = ['scripts/docs-examples.ts', '--with', 'emulator', '--seconds', `${BLOCK_SECONDS}`];
  const { code } = await passThrough(process.execPath, args, { cwd: REPOSITORY, env: process.env, signal });
  if (code !== 0) throw new Error('The pages do not show what the deployment does');
}

async function expectNoStack({ address }: Run): Promise<void> {
  const { Stacks = [] } = await new CloudFormationClient(clientOf(address)).send(new DescribeStacksCommand());
  const left = Stacks.find(({ StackName }) => StackName === STACK);
  if (left)
    throw new Error(
      `Expected no CloudFormation stack ${STACK} after cdk destroy, got one in ${left.StackStatus}`,
    );
}

/** Makes commands for AWS use the emulator, and has the URL and the key of the API, as docs/api.md names them. */
const environmentFile = ({ address, hosts, apiUrl, apiKey }: EmulatedDeployment): string =>
  shellEnvironment(address, { ...hosts, API_URL: `${apiUrl}/`, API_KEY: apiKey });

function howToCall({ address, apiUrl, apiKey }: EmulatedDeployment): string {
  return `
  API   ${apiUrl}
  Key   ${apiKey}
  AWS   http://${address}, with any credentials, in us-east-1

In another terminal, from here:

  . .emulator/environment                              commands for AWS then use the emulator
  curl -H "x-api-key: $API_KEY" -F file=@examples/cat.jpg "\${API_URL}predict?top_k=3"
  npx vitest --config vitest.emulator.config.ts        runs the tests

Press Ctrl+C to stop.
`;
}
