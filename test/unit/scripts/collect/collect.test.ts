import {
  CloudFormationClient,
  DescribeStacksCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import { CodeDeployClient, ListDeploymentsCommand } from '@aws-sdk/client-codedeploy';
import { BatchDeleteImageCommand, DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import {
  DeleteFunctionCommand,
  GetFunctionCommand,
  LambdaClient,
  ListAliasesCommand,
  ListProvisionedConcurrencyConfigsCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { collect, deletions, planCollection } from '../../../../scripts/lib/collect/collect.ts';

const NOW = new Date('2026-11-27T12:00:00Z');
const LONG_AGO = new Date('2025-01-01T00:00:00Z');
const region = 'eu-central-1';
const ARN = `arn:aws:lambda:${region}:111122223333:function`;

/** Of one digit or letter, the digest of the image of a version. */
const digestOf = (name: string) => `sha256:${name.repeat(64).slice(0, 64)}`;
const tagOf = (name: string) => `${name.repeat(40).slice(0, 40)}-x86_64`;
const named = (name: string) => Object.assign(new Error(name), { name });

const clients = {
  cloudFormation: new CloudFormationClient({ region }),
  codeDeploy: new CodeDeployClient({ region }),
  lambda: new LambdaClient({ region }),
  ssm: new SSMClient({ region }),
};
const ecrClient = new ECRClient({ region });
const formation = mockClient(clients.cloudFormation);
const codeDeploy = mockClient(clients.codeDeploy);
const lambda = mockClient(clients.lambda);
const ssm = mockClient(clients.ssm);
const ecr = mockClient(ecrClient);

/** Lambda refuses to delete this one. */
let refused: string | undefined;
/** The versions of the account, which a deletion changes. */
let versions: Record<string, string[]>;
let images: string[];

const collection = {
  clients,
  stage: 'prod' as const,
  repository: { client: ecrClient, name: 'assets' },
  retention: { days: 30, keep: 1 },
  now: NOW,
};
const run = async (changes: object = {}) => {
  const given = { ...collection, ...changes };
  const plan = await planCollection(given);
  await collect(given, plan, () => undefined);
  return plan;
};
const deletedVersions = () =>
  lambda
    .commandCalls(DeleteFunctionCommand)
    .map(({ args: [{ input }] }) => `${input.FunctionName}:${input.Qualifier}`);
const deletedImages = () =>
  ecr
    .commandCalls(BatchDeleteImageCommand)
    .flatMap(({ args: [{ input }] }) => input.imageIds?.map((id) => id.imageDigest));

function stack(status = 'UPDATE_COMPLETE') {
  formation.on(DescribeStacksCommand).resolves({
    Stacks: [
      {
        StackName: 'resnet50-prod',
        CreationTime: LONG_AGO,
        StackStatus: status as never,
        Outputs: Object.entries({
          ApiUrl: 'https://api.example.com/',
          AliasArn: `${ARN}:service:live`,
          DeploymentApplication: 'app',
          DeploymentGroup: 'group',
          LiveVersion: '7',
        }).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue })),
      },
    ],
  });
}

beforeEach(() => {
  for (const mock of [formation, codeDeploy, lambda, ssm, ecr]) mock.reset();
  versions = { service: ['1', '2', '3', '4', '5', '6', '7', '8'], worker: ['1', '2', '3'], hook: [] };
  images = ['1', '2', '3', '4', '5', '6', '7', '8', 'a', 'b', 'c', 'd', 'f'];
  stack();
  formation.on(ListStackResourcesCommand).resolves({
    StackResourceSummaries: [
      ...Object.keys(versions).map((name) => ['AWS::Lambda::Function', name]),
      ['AWS::Lambda::Version', `${ARN}:worker:2`],
      ['AWS::SNS::Topic', 'alerts'],
    ].map(([ResourceType, PhysicalResourceId]) => ({
      ResourceType,
      PhysicalResourceId,
      LogicalResourceId: 'One',
      LastUpdatedTimestamp: LONG_AGO,
      ResourceStatus: 'CREATE_COMPLETE' as const,
    })),
  });
  codeDeploy.on(ListDeploymentsCommand).resolves({ deployments: [] });
  lambda.on(ListAliasesCommand).resolves({ Aliases: [] });
  lambda.on(ListAliasesCommand, { FunctionName: 'service' }).resolves({
    Aliases: [
      { Name: 'live', FunctionVersion: '7', RoutingConfig: { AdditionalVersionWeights: { '4': 0.1 } } },
      { Name: 'test', FunctionVersion: '$LATEST' },
    ],
  });
  lambda.on(ListProvisionedConcurrencyConfigsCommand).resolves({ ProvisionedConcurrencyConfigs: [] });
  lambda.on(ListProvisionedConcurrencyConfigsCommand, { FunctionName: 'service' }).resolves({
    ProvisionedConcurrencyConfigs: [
      { FunctionArn: `${ARN}:service:live` },
      { FunctionArn: `${ARN}:service:2` },
    ],
  });
  lambda.on(ListVersionsByFunctionCommand).callsFake(({ FunctionName }) => ({
    Versions: ['$LATEST', ...(versions[FunctionName] ?? [])].map((Version) => ({
      Version,
      LastModified: '2025-01-01T00:00:00.000+0000',
    })),
  }));
  lambda.on(GetFunctionCommand).callsFake(({ FunctionName, Qualifier }) => {
    const ofWorker: Record<string, string> = { 1: 'a', 2: 'b', 3: 'c' };
    const image =
      FunctionName === 'hook'
        ? 'd'
        : FunctionName === 'worker'
          ? ofWorker[Qualifier ?? '3']
          : (Qualifier ?? '8');
    return {
      Configuration: { PackageType: 'Image' },
      Code: { ResolvedImageUri: `registry/assets@${digestOf(image ?? '8')}` },
    };
  });
  refused = undefined;
  lambda.on(DeleteFunctionCommand).callsFake(({ FunctionName, Qualifier }) => {
    if (`${FunctionName}:${Qualifier}` === refused) throw named('TooManyRequestsException');
    versions[FunctionName] = (versions[FunctionName] ?? []).filter((version) => version !== Qualifier);
    return {};
  });
  ssm
    .on(GetParameterCommand, { Name: '/resnet50/known-good/service' })
    .resolves({ Parameter: { Value: '7,5,0' } });
  ecr.on(DescribeImagesCommand).callsFake(() => ({
    imageDetails: images.map((name) => ({
      imageDigest: digestOf(name),
      imageTags: [tagOf(name)],
      imagePushedAt: LONG_AGO,
      imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
    })),
  }));
  ecr.on(BatchDeleteImageCommand).resolves({});
});

it('deletes what nothing needs: neither an alias, its weights, provisioned concurrency, the template nor the list', async () => {
  await run();
  // Of the service, 2 is warm, 4 has a weight, 5 and 7 are known to be good, 7 is live, 8 the newest.
  expect(deletedVersions()).toEqual(['service:1', 'service:3', 'service:6', 'worker:1']);
  // `f` was never used, and `d` is what the hook has, which has no versions.
  expect(deletedImages()).toEqual(['1', '3', '6', 'a', 'f'].map(digestOf));
});

it('never deletes a function', async () => {
  await run();
  const inputs = lambda.commandCalls(DeleteFunctionCommand).map(({ args }) => args[0].input);
  expect(inputs.every(({ FunctionName, Qualifier }) => FunctionName && /^\d+$/.test(Qualifier ?? ''))).toBe(
    true,
  );
});

it('lists before it changes anything', async () => {
  expect(deletions(await planCollection(collection)).versions).toHaveLength(4);
  expect([...deletedVersions(), ...deletedImages()]).toEqual([]);
});

it('keeps all images of a repository that other apps may use', async () => {
  await run({ repository: undefined });
  expect(deletedVersions()).toHaveLength(4);
  expect(ecr.calls()).toEqual([]);
});

describe('nothing is deleted', () => {
  it.each([
    [
      'while CloudFormation changes the stack',
      () => stack('UPDATE_IN_PROGRESS'),
      'at rest, got UPDATE_IN_PROGRESS',
    ],
    ['after an update whose end failed', () => stack('UPDATE_ROLLBACK_FAILED'), 'got UPDATE_ROLLBACK_FAILED'],
    [
      'while CodeDeploy moves traffic',
      () => codeDeploy.on(ListDeploymentsCommand).resolves({ deployments: ['d-1'] }),
      'deployment d-1 is running',
    ],
    [
      'if Lambda is asked too often',
      () =>
        lambda.on(ListAliasesCommand, { FunctionName: 'hook' }).rejects(named('TooManyRequestsException')),
      'TooManyRequestsException',
    ],
    [
      'if a version cannot be read',
      () =>
        lambda
          .on(GetFunctionCommand, { FunctionName: 'worker', Qualifier: '2' })
          .rejects(named('ServiceException')),
      'ServiceException',
    ],
    [
      'if Lambda does not say which image a version has',
      () =>
        lambda
          .on(GetFunctionCommand, { FunctionName: 'worker', Qualifier: '2' })
          .resolves({ Configuration: { PackageType: 'Image' }, Code: { ImageUri: 'registry/assets:one' } }),
      'worker:2: expected the digest of its image, got nothing',
    ],
    [
      'if the list of known-good versions cannot be read',
      () => ssm.on(GetParameterCommand).rejects(named('AccessDeniedException')),
      'AccessDeniedException',
    ],
    [
      'if the images cannot be listed',
      () => ecr.on(DescribeImagesCommand).rejects(named('ServerException')),
      'ServerException',
    ],
    [
      'if CloudFormation does not list the function of the alias',
      () => formation.on(ListStackResourcesCommand).resolves({ StackResourceSummaries: [] }),
      'expected service among the functions of resnet50-prod',
    ],
  ])('%s', async (_, arrange, message) => {
    arrange();
    await expect(run()).rejects.toThrow(message);
    expect([...deletedVersions(), ...deletedImages()]).toEqual([]);
  });
});

describe('after an end in the middle', () => {
  it('no version lacks its image, and the next run finishes', async () => {
    refused = 'service:3';
    await expect(run()).rejects.toThrow('TooManyRequestsException');
    expect(deletedVersions()).toEqual(['service:1', 'service:3']);
    expect(versions['service']).toContain('3');
    expect(deletedImages()).toEqual([]);

    refused = undefined;
    await run();
    expect(versions).toEqual({ service: ['2', '4', '5', '7', '8'], worker: ['2', '3'], hook: [] });
    expect(deletedImages()).toEqual(['1', '3', '6', 'a', 'f'].map(digestOf));
  });

  it('an image that came into use meanwhile is kept', async () => {
    const plan = await planCollection(collection);
    // A deployment has published a version with the image of version 1.
    versions['worker'] = [...(versions['worker'] ?? []), '4'];
    lambda.on(GetFunctionCommand, { FunctionName: 'worker', Qualifier: '4' }).resolves({
      Configuration: { PackageType: 'Image' },
      Code: { ResolvedImageUri: `registry/assets@${digestOf('1')}` },
    });
    await collect(collection, plan, () => undefined);
    expect(deletedImages()).toEqual(['3', '6', 'a', 'f'].map(digestOf));
  });

  it('an image that was not listed before is kept', async () => {
    const plan = await planCollection(collection);
    images.push('e');
    await collect(collection, plan, () => undefined);
    expect(deletedImages()).not.toContain(digestOf('e'));
  });
});

it('goes on if another collection has deleted the same before', async () => {
  lambda.on(DeleteFunctionCommand).callsFake(({ FunctionName, Qualifier }) => {
    versions[FunctionName] = (versions[FunctionName] ?? []).filter((version) => version !== Qualifier);
    throw named('ResourceNotFoundException');
  });
  ecr.on(BatchDeleteImageCommand).resolves({
    failures: [{ imageId: { imageDigest: digestOf('1') }, failureCode: 'ImageNotFound' }],
  });
  await run();
  expect(deletedVersions()).toHaveLength(4);
});

it('deletes the others too if ECR refuses one', async () => {
  const digests = Array.from({ length: 150 }, (_, index) => `sha256:${String(index).padStart(64, '0')}`);
  ecr.on(DescribeImagesCommand).callsFake(() => ({
    imageDetails: digests.map((imageDigest) => ({
      imageDigest,
      imageTags: [tagOf('a')],
      imagePushedAt: LONG_AGO,
      imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
    })),
  }));
  ecr
    .on(BatchDeleteImageCommand)
    .resolvesOnce({
      failures: [{ imageId: { imageDigest: digests[0] }, failureCode: 'ImageReferencedByManifestList' }],
    })
    .resolves({});
  await expect(run()).rejects.toThrow(`${digests[0]} was not deleted`);
  expect(deletedImages()).toEqual(digests);
});

it('fails if ECR does not delete an image', async () => {
  ecr.on(BatchDeleteImageCommand).resolves({
    failures: [{ imageId: { imageDigest: digestOf('1') }, failureCode: 'ImageReferencedByManifestList' }],
  });
  await expect(run()).rejects.toThrow(`${digestOf('1')} was not deleted: ImageReferencedByManifestList`);
});
