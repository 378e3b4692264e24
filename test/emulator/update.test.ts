import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { markKnownGood } from '../../lambda/operations/known-good.ts';
import { createCdk, STAGE } from '../../scripts/emulator/cdk.ts';
import { readStackOutputs } from '../../scripts/lib/aws/stack-outputs.ts';
import { rollBack } from '../../scripts/lib/rollback/rollback.ts';
import { readRepositoryFile } from '../support/model.ts';
import { copyRepository } from './checkout.ts';
import { client, post, stackOutput } from './support.ts';

const RENAMED = 'a cat under another name';

let copy: string;
beforeAll(async () => {
  copy = await copyRepository();
});
afterAll(() => rm(copy, { recursive: true }));

async function topLabel(): Promise<string | undefined> {
  const { body } = await post('/predict?top_k=1', readRepositoryFile('examples/cat.jpg'), 'image/jpeg');
  return (body as { predictions: readonly { label: string }[] }).predictions[0]?.label;
}

const cloudFormation = new CloudFormationClient(client);
const lambda = new LambdaClient(client);
const ssm = new SSMClient(client);
const rollBackTo = async (to?: string) =>
  rollBack({
    cloudFormation,
    codeDeploy: new CodeDeployClient(client),
    lambda,
    ssm,
    outputs: await readStackOutputs(cloudFormation, STAGE),
    to,
    confirm: async () => true,
    say: () => {},
    pauseMs: 100,
  });
const live = async () => {
  const FunctionName = stackOutput('AliasArn');
  const { FunctionName: name = '', Version = '' } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName }),
  );
  return { name, version: Version };
};

test('a changed label file is deployed, rolled back, deployed again and removed', {
  timeout: 300_000,
}, async () => {
  const { address, outputs } = inject('deployment');
  const { deploy } = createCdk(address);
  expect(await topLabel()).toBe('Egyptian cat');
  const first = await live();
  // `npm run deploy` does this after its smoke test.
  await markKnownGood(ssm, first.name, first.version);

  const file = join(copy, 'models/resnet50/labels.json');
  const labels = await readFile(file, 'utf8');
  await writeFile(file, labels.replace('"Egyptian cat"', JSON.stringify(RENAMED)));
  const changed = await deploy(copy);
  expect(changed['ImageDigest']).not.toBe(outputs['ImageDigest']);
  expect(await topLabel()).toBe(RENAMED);

  const changedVersion = (await live()).version;
  await rollBackTo();
  expect(await topLabel()).toBe('Egyptian cat');
  await rollBackTo(changedVersion);
  expect(await topLabel()).toBe(RENAMED);

  // The old code is published again, as another version.
  expect(await deploy()).toEqual({ ...outputs, LiveVersion: expect.any(String) });
  expect(await topLabel()).toBe('Egyptian cat');
});
