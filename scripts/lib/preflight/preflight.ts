import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import type { Stage } from '../../../lib/stages.ts';
import { stackName } from '../../../lib/stages.ts';
import { startActivity } from '../command/activity.ts';
import { type FindingCheck, fail, type NamedFinding, ok, runChecks } from '../findings/finding.ts';
import { type Bootstrap, checkBootstrap, checkStack, identify, regionOf } from './account.ts';
import { checkAlias } from './alias.ts';
import { checkCertificate, checkGatewayLogs } from './gateway.ts';
import { checkJobs } from './jobs.ts';
import { checkConcurrency, checkMemory } from './lambda-limits.ts';
import { checkDocker, checkNode, type RunProgram } from './machine.ts';
import { checkPaging } from './paging.ts';

export interface PreflightOptions {
  readonly stage: Stage;
  /** Whether this machine builds the image. @default true */
  readonly builds?: boolean;
  /** @default CDK's own */
  readonly bootstrap?: Bootstrap | undefined;
  /** The program that builds images. @default docker */
  readonly docker?: string | undefined;
  /** Runs a program; a fake in tests. @default runProgram */
  readonly run?: RunProgram;
}

/** Checks this machine and, with valid credentials, the account. */
export async function preflight({
  stage,
  builds = true,
  bootstrap,
  docker,
  run,
}: PreflightOptions): Promise<NamedFinding[]> {
  using _shown = startActivity('Checking the machine and the account');
  const { settings } = stage;
  const sts = new STSClient({});
  const region = await regionOf(sts);
  const machine: FindingCheck[] = [
    { name: 'Node.js', run: () => checkNode(process.versions.node) },
    ...(builds
      ? [
          {
            name: 'Docker',
            run: () =>
              checkDocker(settings, { ...(docker ? { program: docker } : {}), ...(run ? { run } : {}) }),
          },
        ]
      : []),
    { name: 'memory', run: () => checkMemory(settings) },
    { name: 'paging', run: () => checkPaging(stage) },
    {
      name: 'region',
      run: () => (region ? ok(region) : fail('no AWS region is set', 'export AWS_REGION=eu-central-1')),
    },
  ];
  if (!region) return runChecks(machine);

  const identity = await identify(sts);
  if (!identity.known) {
    const credentials = () => fail(identity.reason, 'Without credentials, the account is not checked.');
    return runChecks([...machine, { name: 'credentials', run: credentials }]);
  }
  const { account, arn } = identity;
  return runChecks([
    ...machine,
    { name: 'credentials', run: () => ok(`account ${account} as ${arn}`) },
    {
      name: 'bootstrap',
      run: () => checkBootstrap(new SSMClient({}), { account, region, ...(bootstrap ? { bootstrap } : {}) }),
    },
    { name: 'CloudFormation', run: () => checkStack(new CloudFormationClient({}), stackName(stage.name)) },
    {
      name: 'alias',
      run: () => checkAlias(new CloudFormationClient({}), new LambdaClient({}), stage.name),
    },
    { name: 'concurrency', run: () => checkConcurrency(new LambdaClient({}), settings) },
    { name: 'jobs', run: () => checkJobs(settings, region) },
    { name: 'API logs', run: () => checkGatewayLogs(new APIGatewayClient({})) },
    { name: 'certificate', run: () => checkCertificate(settings, region) },
  ]);
}
