import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient, DescribeStackEventsCommand } from '@aws-sdk/client-cloudformation';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { cdkOf } from '../../../../scripts/lib/deploy/cdk.ts';
import { copyTarget, publishedRepository } from '../../../../scripts/lib/deploy/place.ts';
import { sourceOf } from '../../../../scripts/lib/deploy/request.ts';
import { findRunning } from '../../../../scripts/lib/deploy/running.ts';
import { firstFailure } from '../../../../scripts/lib/deploy/stack-failure.ts';

const region = 'eu-central-1';
const commit = 'c'.repeat(40);
const digest = `sha256:${'d'.repeat(64)}`;

describe('what to deploy', () => {
  const image = `registry.example.com/one@${digest}`;
  const source = (given: object, mustBePublished = false) =>
    sourceOf(
      { commit: undefined, image: undefined, key: undefined, signer: undefined, ...given },
      { head: async () => commit, mustBePublished },
    );

  it('is an image by its digest, the published one of a commit, or one that is built', async () => {
    expect(await source({})).toEqual({ kind: 'build' });
    expect(await source({ commit })).toEqual({ kind: 'commit', commit });
    expect(await source({ image, commit })).toEqual({ kind: 'image', image, commit });
    expect(await source({ image })).toEqual({ kind: 'image', image, commit });
  });

  it('is what main.yml has published, in a workflow', async () => {
    await expect(source({}, true)).rejects.toThrow('--commit: expected a commit');
    await expect(source({ image }, true)).rejects.toThrow('--commit: expected a commit');
    expect(await source({ commit }, true)).toEqual({ kind: 'commit', commit });
  });

  it('is not verified if it is built', async () => {
    await expect(source({ key: 'cosign.pub' })).rejects.toThrow('--key: expected --commit or --image');
  });
});

describe('images', () => {
  const place = { account: '111122223333', region };
  const images = { use: 'copy' as const, readers: [] };

  it('are published in the account and region of the stage, or those of the pipeline', () => {
    expect(publishedRepository(place)).toBe(
      '111122223333.dkr.ecr.eu-central-1.amazonaws.com/resnet50-images',
    );
    expect(publishedRepository(place, { ...images, account: '444455556666', region: 'us-east-1' })).toBe(
      '444455556666.dkr.ecr.us-east-1.amazonaws.com/resnet50-images',
    );
  });

  it('are copied to the repository of the stage’s bootstrap, with its role', () => {
    expect(copyTarget('prod', images, place)).toEqual({
      repository: `111122223333.dkr.ecr.eu-central-1.amazonaws.com/cdk-r50prod-container-assets-111122223333-eu-central-1`,
      role: 'arn:aws:iam::111122223333:role/cdk-r50prod-image-publishing-role-111122223333-eu-central-1',
    });
  });

  it.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
  ])('are copied in %s too, which is in the partition %s', (other, partition) => {
    const target = copyTarget('prod', images, { ...place, region: other });
    expect(target?.role).toBe(
      `arn:${partition}:iam::111122223333:role/cdk-r50prod-image-publishing-role-111122223333-${other}`,
    );
  });

  it('are not copied if the stages share them, or have no bootstrap of their own', () => {
    expect(copyTarget('prod', { ...images, use: 'shared' }, place)).toBeUndefined();
    expect(copyTarget('prod', undefined, place)).toBeUndefined();
    expect(copyTarget('local', images, place)).toBeUndefined();
  });
});

describe('why CloudFormation failed', () => {
  const client = new CloudFormationClient({ region });
  const mock = mockClient(client);
  const since = new Date('2026-11-27T10:00:00Z');
  const at = (minute: number, status: string, reason?: string) => ({
    StackId: 'id',
    EventId: String(minute),
    StackName: 'resnet50-prod',
    Timestamp: new Date(since.getTime() + minute * 60_000),
    ResourceStatus: status as never,
    ...(reason === undefined ? {} : { ResourceStatusReason: reason }),
    LogicalResourceId: `Resource${minute}`,
    ResourceType: 'AWS::Lambda::Alias',
  });
  beforeEach(() => mock.reset());

  it('is the first resource that failed since then, and not those that it took with it', async () => {
    mock.on(DescribeStackEventsCommand).resolves({
      StackEvents: [
        at(5, 'UPDATE_ROLLBACK_COMPLETE'),
        at(4, 'UPDATE_FAILED', 'The following resource(s) failed to update'),
        at(3, 'UPDATE_FAILED', 'Resource update cancelled'),
        at(2, 'UPDATE_FAILED', 'Deployment d-1\n failed'),
        at(1, 'UPDATE_FAILED', 'Resource creation cancelled'),
        at(0, 'UPDATE_IN_PROGRESS'),
        at(-1, 'UPDATE_FAILED', 'yesterday'),
      ],
    });
    expect(await firstFailure(client, 'resnet50-prod', since)).toBe(
      'Resource2 (AWS::Lambda::Alias): Deployment d-1 failed',
    );
  });

  it('is unknown if nothing failed, or the events cannot be read', async () => {
    mock.on(DescribeStackEventsCommand).resolves({ StackEvents: [at(1, 'UPDATE_COMPLETE')] });
    expect(await firstFailure(client, 'resnet50-prod', since)).toBeUndefined();
    mock.on(DescribeStackEventsCommand).rejects(new Error('no permission'));
    expect(await firstFailure(client, 'resnet50-prod', since)).toBeUndefined();
  });
});

describe('what a stage runs', () => {
  const lambda = mockClient(LambdaClient);
  const ecr = mockClient(ECRClient);
  const image = `111122223333.dkr.ecr.${region}.amazonaws.com/assets@${digest}`;
  const find = () =>
    findRunning(new LambdaClient({ region }), (of) => new ECRClient({ region: of }), {
      functionName: 'classify',
      alias: 'live',
    });
  beforeEach(() => {
    for (const mock of [lambda, ecr]) mock.reset();
    lambda.on(GetFunctionCommand, { FunctionName: 'classify', Qualifier: 'live' }).resolves({
      Configuration: { Version: '42', LastModified: '2026-11-27T10:00:00.000+0000' },
      Code: { ResolvedImageUri: image },
    });
  });

  it('is a version, with its image by digest and the commit in its tag', async () => {
    ecr
      .on(DescribeImagesCommand, {
        registryId: '111122223333',
        repositoryName: 'assets',
        imageIds: [{ imageDigest: digest }],
      })
      .resolves({ imageDetails: [{ imageTags: ['other', `${commit}-x86_64`] }] });
    expect(await find()).toEqual({
      version: '42',
      image,
      digest,
      commit,
      published: '2026-11-27T10:00:00.000+0000',
    });
  });

  it('has no commit if the CDK built it, or the registry may not be read', async () => {
    ecr.on(DescribeImagesCommand).resolves({ imageDetails: [{ imageTags: ['e'.repeat(64)] }] });
    expect((await find()).commit).toBeUndefined();
    ecr.on(DescribeImagesCommand).rejects(new Error('no permission'));
    expect(await find()).toMatchObject({ image, commit: undefined });
  });
});

describe('the CDK CLI', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  /** A program in the place of the CLI. */
  const cdk = (program: string, signal = new AbortController().signal, approves = true) => {
    const file = join(folder, `${Math.random()}.cjs`);
    writeFileSync(file, program);
    return cdkOf('prod', { approves, signal, secrets: ['https://example.com/key'] }, file);
  };

  it('compares with the image, and what it prints has no colours and no secrets', async () => {
    const program =
      'console.log(process.argv.slice(2).join(" ")); console.error("\\x1b[31mhttps://example.com/key\\x1b[0m")';
    expect(await cdk(program).diff('one')).toBe('diff -c stage=prod -c image=one\n***');
    expect(await cdk(program).diff(undefined)).toMatch(/^diff -c stage=prod\n/);
  });

  it('says why it cannot compare', async () => {
    await expect(cdk('console.error("bad setting"); process.exit(3)').diff('one')).rejects.toThrow(
      'cdk diff: expected exit code 0, got 3: bad setting',
    );
  });

  it('deploys with the exit code of the program, and asks unless it may not', async () => {
    const program = (wanted: string) =>
      `process.exit(process.argv.slice(2).join(" ") === ${JSON.stringify(wanted)} ? 0 : 4)`;
    const approved = 'deploy --require-approval never -c stage=prod -c image=one';
    expect(await cdk(program(approved)).deploy('one')).toBe(0);
    expect(await cdk(program('deploy -c stage=prod'), undefined, false).deploy(undefined)).toBe(0);
    expect(await cdk(program('other')).deploy(undefined)).toBe(4);
  });

  it('ends when this command is told to end', async () => {
    const stop = new AbortController();
    const code = cdk('setInterval(() => {}, 1000)', stop.signal).deploy(undefined);
    stop.abort();
    expect(await code).toBe(1);
  });
});
