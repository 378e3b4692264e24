import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createCdk, STAGE } from '../../scripts/emulator/cdk.ts';
import { readStackOutputs } from '../../scripts/lib/aws/stack-outputs.ts';
import { REPOSITORY } from '../../scripts/lib/paths.ts';
import { rollBack } from '../../scripts/lib/rollback/rollback.ts';
import { readRepositoryFile } from '../support/model.ts';
import { client, post, stackOutput } from './support.ts';

/** Files of a working tree that are not copied: what a clone does not contain, and other models. */
const LEFT_OUT =
  /^(\.git|node_modules|coverage|dist|cdk\.out|\.(?!rie|npmrc|docker)[^/]*|models\/(?!resnet50)[^/]*)$/;
const RENAMED = 'a cat under another name';

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'resnet50-update-'));
  await cp(REPOSITORY, copy, {
    recursive: true,
    filter: (path) => !LEFT_OUT.test(relative(REPOSITORY, path)),
  });
  await symlink(join(REPOSITORY, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rm(copy, { recursive: true }));

async function topLabel(): Promise<string | undefined> {
  const { body } = await post('/predict?top_k=1', readRepositoryFile('examples/cat.jpg'), 'image/jpeg');
  return (body as { predictions: readonly { label: string }[] }).predictions[0]?.label;
}

const lambda = new LambdaClient(client);
const rollBackTo = async (to?: string) =>
  rollBack({
    lambda,
    codeDeploy: new CodeDeployClient(client),
    outputs: await readStackOutputs(new CloudFormationClient(client), STAGE),
    to,
    confirm: async () => true,
    say: () => {},
    pauseMs: 100,
  });
const liveVersion = async () => {
  const FunctionName = stackOutput('AliasArn');
  const { Version } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  return Version;
};

test('a changed label file is deployed, rolled back, deployed again and removed', {
  timeout: 300_000,
}, async () => {
  const { address, outputs } = inject('deployment');
  const { deploy } = createCdk(address);
  expect(await topLabel()).toBe('Egyptian cat');

  const file = join(copy, 'models/resnet50/labels.json');
  const labels = await readFile(file, 'utf8');
  await writeFile(file, labels.replace('"Egyptian cat"', JSON.stringify(RENAMED)));
  const changed = await deploy(copy);
  expect(changed['ImageDigest']).not.toBe(outputs['ImageDigest']);
  expect(await topLabel()).toBe(RENAMED);

  const changedVersion = await liveVersion();
  await rollBackTo();
  expect(await topLabel()).toBe('Egyptian cat');
  await rollBackTo(changedVersion);
  expect(await topLabel()).toBe(RENAMED);

  expect(await deploy()).toEqual(outputs);
  expect(await topLabel()).toBe('Egyptian cat');
});
