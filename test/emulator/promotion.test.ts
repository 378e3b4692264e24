import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { DescribeImagesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { IMAGES_REPOSITORY } from '../../lib/pipeline/images.ts';
import { serveHosts } from '../../scripts/emulator/hosts.ts';
import { collect, planCollection } from '../../scripts/lib/collect/collect.ts';
import { runTool } from '../../scripts/lib/supply/tools.ts';
import { derive } from './promotion/images.ts';
import {
  ARCH,
  type Pipeline,
  publishedImage,
  STAGE,
  STAGED,
  setUpPipeline,
  stagedImage,
  tagOf,
} from './promotion/pipeline.ts';
import { runningOn } from './promotion/stage.ts';
import { client } from './support.ts';

// Each test goes on where the one before it ended, and may deploy twice.
vi.setConfig({ testTimeout: 300_000 });

const RENAMED = 'a cat under another name';
/** What ECR answers to a role that may not push. */
const DENIED = {
  errors: [{ code: 'DENIED', message: 'User: role/example is not authorized to perform: ecr:PutImage' }],
};
const { address } = inject('deployment');
const ecr = new ECRClient(client);
/** As the tools reach it without the proxy. */
const published = `${address}/${IMAGES_REPOSITORY}`;

let pipeline: Pipeline;
beforeAll(async () => {
  pipeline = await setUpPipeline();
}, 900_000);
afterAll(() => pipeline[Symbol.asyncDispose]());

const deployment = (commit: string, ...options: readonly string[]) =>
  [
    'scripts/deploy.ts',
    ['--stage', STAGE, '--commit', commit, ...options, '--key', 'cosign.pub', '--yes'],
  ] as const;
const randomCommit = (): string => randomBytes(20).toString('hex');
/** A tag of an image that is not complete. */
const temporary = (): string => `${published}:build-${randomCommit()}`;

/** The digests of the images of the two commits. */
let first: string;
let second: string;

test('an image without a signature, provenance or tag is not deployed', async () => {
  // A run of the workflow that ended after the push.
  const pushed = publishedImage(await derive({ to: temporary(), commit: pipeline.first }));
  expect(await pipeline.fail(...deployment(pipeline.first))).toMatch(
    `expected the tag ${tagOf(pipeline.first)}, got none`,
  );
  const printed = await pipeline.fail(...deployment(pipeline.first, '--image', pushed));
  expect(printed).toMatch(/expected a signature of .*, got none/);
  expect(printed).toMatch(/expected provenance of .*, got none/);
  expect(printed).toMatch(/expected an SBOM .*, got none/);
  await expect(runningOn(STAGE)).rejects.toThrow('there is no stack');
});

test('the image of a commit is published once: its tag never moves', async () => {
  const outputs = await pipeline.push();
  first = `${outputs['digest']}`;
  expect(outputs['image']).toBe(publishedImage(first));
  const sbom = await readFile(join(pipeline.checkout, 'sbom/sbom.spdx.json'), 'utf8');
  expect(JSON.parse(sbom).packages.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['onnxruntime-node', 'libc6', 'resnet50']),
  );
  await pipeline.publish(publishedImage(first), pipeline.first);

  const again = await derive({ to: temporary(), commit: pipeline.first, build: '2' });
  const tag = (digest: string) =>
    [
      'scripts/image-tag.ts',
      ['--image', publishedImage(digest), '--commit', pipeline.first, '--arch', ARCH],
    ] as const;
  await pipeline.succeed(...tag(first));
  expect(await pipeline.fail(...tag(again))).toMatch(`expected ${again}, got ${first}`);
});

test('a deployment that cannot copy the image changes nothing, and the next one copies it with its signatures', async () => {
  const ofFirst = deployment(pipeline.first);
  await pipeline.kill('Provide the image', ...ofFirst);
  await using refusing = await serveHosts(address, ({ method, url }) =>
    method === 'PUT' && url?.startsWith(`/v2/${STAGED}/manifests/`)
      ? { status: 403, body: DENIED }
      : undefined,
  );
  expect(await pipeline.fail(...ofFirst, refusing.environment)).toMatch(
    /not authorized to perform: ecr:PutImage/,
  );
  expect(await tagsOf(STAGED)).not.toContain(tagOf(pipeline.first));
  await expect(runningOn(STAGE)).rejects.toThrow('there is no stack');

  await pipeline.succeed(...ofFirst);
  const image = stagedImage(first);
  expect(await runningOn(STAGE)).toMatchObject({ image });
  expect(await tagsOf(STAGED)).toContain(tagOf(pipeline.first));
  const expected = ['--image', image, '--commit', pipeline.first, '--key', 'cosign.pub'];
  await pipeline.succeed('scripts/image-verify.ts', expected);
});

test('an image that is not signed, or not of the commit, is refused before anything changes', async () => {
  const before = await runningOn(STAGE);
  const files = { 'models/resnet50/labels.json': await renamedLabels() };
  const to = `${published}:${tagOf(pipeline.second)}`;
  second = await derive({ to, commit: pipeline.second, files });
  expect(await pipeline.fail(...deployment(pipeline.second))).toMatch(/expected a signature of .*, got none/);

  const other = randomCommit();
  await runTool('crane', ['tag', `${published}@${first}`, tagOf(other)]);
  expect(await pipeline.fail(...deployment(other))).toMatch(
    `expected label org.opencontainers.image.revision ${other}, got ${pipeline.first}`,
  );
  expect(await runningOn(STAGE)).toEqual(before);
});

test('the next image is deployed, and a rollback goes back to the digest before', async () => {
  await pipeline.publish(publishedImage(second), pipeline.second);
  expect((await pipeline.succeed(...deployment(pipeline.second))).output).toContain(RENAMED);
  expect(await runningOn(STAGE)).toMatchObject({ image: stagedImage(second) });

  const { output } = await pipeline.succeed('scripts/rollback.ts', ['--stage', STAGE, '--yes']);
  expect(output).toContain('Egyptian cat');
  expect(await runningOn(STAGE)).toMatchObject({ image: stagedImage(first) });
});

test('images that a version may need are kept, and others are deleted', async () => {
  const unneeded = randomCommit();
  await derive({ to: `${address}/${STAGED}:${tagOf(unneeded)}`, commit: unneeded });
  const collection = {
    clients: {
      cloudFormation: new CloudFormationClient(client),
      codeDeploy: new CodeDeployClient(client),
      lambda: new LambdaClient(client),
      ssm: new SSMClient(client),
    },
    stage: STAGE,
    repository: { client: ecr, name: STAGED },
    retention: { days: 30, keep: 1 },
    now: new Date(Date.now() + 40 * 24 * 3_600_000),
  } as const;
  await collect(collection, await planCollection(collection), () => {});
  const tags = await tagsOf(STAGED);
  expect(tags.sort()).toEqual([tagOf(pipeline.first), tagOf(pipeline.second)].sort());
});

async function tagsOf(repositoryName: string): Promise<string[]> {
  const { imageDetails = [] } = await ecr.send(new DescribeImagesCommand({ repositoryName }));
  return imageDetails.flatMap(({ imageTags = [] }) => imageTags);
}

async function renamedLabels(): Promise<string> {
  const labels = await readFile(join(pipeline.checkout, 'models/resnet50/labels.json'), 'utf8');
  return labels.replace('"Egyptian cat"', JSON.stringify(RENAMED));
}
