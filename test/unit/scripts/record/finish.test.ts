import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readStage } from '../../../../lib/stages.ts';
import { type Ended, finish } from '../../../../scripts/lib/record/finish.ts';

const formation = mockClient(CloudFormationClient);
const codeDeploy = mockClient(CodeDeployClient);
const sns = mockClient(SNSClient);
const started = new Date('2026-11-27T10:00:00Z');
const ended: Ended = {
  action: 'deployment',
  outcome: { kind: 'succeeded' },
  commit: 'c'.repeat(40),
  image: 'registry/assets@sha256:1',
  versions: { before: '41', after: '42' },
  steps: [],
  diff: undefined,
  started,
};
const stage = (deploymentNotes: boolean) => readStage('prod', { prod: { deploymentNotes } });
const told = (name: string) => readFileSync(join(folder, name), 'utf8');

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'finish-'));
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.stubEnv('GITHUB_OUTPUT', join(folder, 'output'));
  vi.stubEnv('GITHUB_STEP_SUMMARY', join(folder, 'summary'));
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  for (const mock of [formation, codeDeploy, sns]) mock.reset();
  const outputs = {
    ApiUrl: 'https://api.example.com/',
    AliasArn: 'arn:aws:lambda:eu-central-1:111122223333:function:classify:live',
    DashboardUrl: 'https://console.example.com/',
    AlertsTopicArn: 'arn:aws:sns:eu-central-1:111122223333:alerts',
    DeploymentApplication: 'app',
    DeploymentGroup: 'group',
  };
  formation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'resnet50-prod',
        CreationTime: started,
        StackStatus: 'UPDATE_COMPLETE',
        Outputs: Object.entries(outputs).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  });
  codeDeploy.on(ListDeploymentsCommand).resolves({ deployments: ['d-1'] });
  sns.on(PublishCommand).resolves({});
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

it('tells the next step, the readers of the summary, and those who receive alerts', async () => {
  expect(await finish(stage(true), ended)).toBe(0);
  expect(told('output')).toBe(
    'outcome=succeeded\nimage=registry/assets@sha256:1\ndigest=sha256:1\nversion=42\n',
  );
  expect(told('summary')).toMatch(/^## Deployment of prod succeeded: version 42\n/);
  expect(told('summary')).toContain('[Dashboard](https://console.example.com/)');
  expect(told('summary')).toContain('deployments/d-1?region=eu-central-1');
  expect(codeDeploy.commandCalls(ListDeploymentsCommand)[0]?.args[0].input.createTimeRange).toEqual({
    start: started,
  });
  expect(sns.commandCalls(PublishCommand)).toHaveLength(1);
});

it('sends no note if the stage sends none', async () => {
  await finish(stage(false), ended);
  expect(sns.calls()).toEqual([]);
});

it('fails after a failed deployment, with all that is known', async () => {
  formation.on(DescribeStacksCommand).rejects(new Error('no permission'));
  const outcome = { kind: 'stopped' as const, reason: 'signature: none', advice: 'Do not deploy it.' };
  expect(await finish(stage(true), { ...ended, outcome, image: undefined })).toBe(1);
  expect(told('summary')).toContain('**signature: none**');
  expect(told('output')).toBe('outcome=stopped\nversion=42\n');
});

it('ends as the deployment did, even if nobody can be told', async () => {
  vi.stubEnv('GITHUB_STEP_SUMMARY', join(folder, 'missing', 'summary'));
  vi.spyOn(console, 'error').mockImplementation(() => undefined);
  codeDeploy.on(ListDeploymentsCommand).rejects(new Error('no permission'));
  sns.on(PublishCommand).rejects(new Error('no permission'));
  expect(await finish(stage(true), ended)).toBe(0);
});
