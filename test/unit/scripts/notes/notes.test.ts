import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { noteOf } from '../../../../scripts/lib/notes/message.ts';
import { publishNote } from '../../../../scripts/lib/notes/publish.ts';
import type { DeliveryRecord } from '../../../../scripts/lib/record/record.ts';

const record = (changes: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  action: 'deployment',
  stage: 'prod',
  outcome: { kind: 'succeeded' },
  commit: 'c'.repeat(40),
  image: 'registry/assets@sha256:1',
  versions: { before: '41', after: '42' },
  by: 'octocat',
  links: [{ text: 'Run', url: 'https://github.com/o/r/actions/runs/1/attempts/1' }],
  steps: [],
  diff: 'secret plans',
  started: new Date(0),
  ended: new Date(60_000),
  ...changes,
});

describe('a note', () => {
  it('has the form that chats show', () => {
    const { message } = noteOf(record());
    expect(JSON.parse(message.default)).toEqual({
      version: '1.0',
      source: 'custom',
      content: {
        textType: 'client-markdown',
        title: 'Deployment of prod succeeded: version 42',
        description: `Commit ${'c'.repeat(40)}\nBy octocat\nRun: https://github.com/o/r/actions/runs/1/attempts/1`,
        keywords: ['prod', 'deployment', 'succeeded'],
      },
      metadata: { threadId: 'deployment-prod-0', summary: 'Deployment of prod succeeded: version 42' },
    });
  });

  it('says what failed and what to do', () => {
    const outcome = { kind: 'failed' as const, reason: 'Alias: <d-1> failed', advice: 'Read the runbook.' };
    const { subject, message } = noteOf(record({ outcome }));
    expect(subject).toBe('resnet50 Deployment of prod failed');
    expect(JSON.parse(message.default).content).toMatchObject({
      title: '⚠️ Deployment of prod failed',
      description: expect.stringMatching(/^Alias: &lt;d-1> failed\n/),
      nextSteps: ['Read the runbook.'],
    });
  });

  it('is text in an e-mail, with a subject that SNS accepts', () => {
    const { subject, message } = noteOf(
      record({ stage: 'prod', versions: { before: '1', after: `${'ä'.repeat(200)}` } }),
    );
    expect(subject).toMatch(/^[\x20-\x7e]{1,99}$/);
    expect(message.email).toContain('commit   cccc');
    expect(message.email).not.toContain('{');
    expect(JSON.stringify(message)).not.toContain('secret plans');
  });
});

describe('to publish a note', () => {
  const client = new SNSClient({ region: 'eu-central-1' });
  const sns = mockClient(client);
  beforeEach(() => sns.reset());

  it('each kind of subscriber gets its own text', async () => {
    sns.on(PublishCommand).resolves({});
    expect(await publishNote(client, 'arn:topic', record())).toMatchObject({ status: 'ok' });
    const [call] = sns.commandCalls(PublishCommand);
    expect(call?.args[0].input).toMatchObject({ TopicArn: 'arn:topic', MessageStructure: 'json' });
    expect(Object.keys(JSON.parse(call?.args[0].input.Message ?? ''))).toEqual(['default', 'email']);
  });

  it('is a warning if it fails: the deployment has ended as it did', async () => {
    sns
      .on(PublishCommand)
      .rejects(Object.assign(new Error('no sns:Publish'), { name: 'AuthorizationErrorException' }));
    expect(await publishNote(client, 'arn:topic', record())).toMatchObject({
      status: 'warn',
      found: 'not sent: no permission: no sns:Publish',
    });
  });

  it('is a warning without a topic', async () => {
    expect(await publishNote(client, undefined, record())).toMatchObject({ status: 'warn' });
    expect(sns.calls()).toEqual([]);
  });
});
