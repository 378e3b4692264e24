import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Annotations, type App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { createApp } from '../../lib/app.ts';
import { github, pipelineContext, resolved } from './pipeline/support.ts';

const ACCOUNT = '111122223333';
const REGION = 'eu-central-1';
const DIGEST = `sha256:${'0a'.repeat(32)}`;
const HOST = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
const IMAGE = `${HOST}/resnet50-images@${DIGEST}`;
const COPY = `${HOST}/cdk-r50prod-container-assets-${ACCOUNT}-${REGION}@${DIGEST}`;
const TARGET = { account: ACCOUNT, region: REGION };

function appWith(image: unknown, { stage = 'prod', pipeline = null as unknown, target = TARGET } = {}): App {
  const app = createApp({ context: { ...pipelineContext(stage, {}, pipeline), image } }, target);
  Annotations.of(app).acknowledgeWarning('resnet50:pagesNobody');
  return app;
}

const templateWith = (image: string, stage = 'prod') =>
  Template.fromJSON(appWith(image, { stage }).synth().getStackByName(`resnet50-${stage}`).template);

const functionsOf = (template: Template) => Object.values(template.findResources('AWS::Lambda::Function'));
const versionsOf = (template: Template) => Object.keys(template.findResources('AWS::Lambda::Version'));
const outputOf = (template: Template, name: string) =>
  resolved(Object.values(template.findOutputs(name))[0]?.['Value']);

describe('a stage with an image', () => {
  it.each(['local', 'dev', 'prod'] as const)('runs it in every function of %s, and builds none', (stage) => {
    const assembly = appWith(IMAGE, { stage }).synth();
    const functions = functionsOf(Template.fromJSON(assembly.getStackByName(`resnet50-${stage}`).template));
    expect(functions.length).toBeGreaterThan(1);
    expect(new Set(functions.map(({ Properties }) => resolved(Properties.Code.ImageUri)))).toEqual(
      new Set([IMAGE]),
    );
    const manifest = readFileSync(join(assembly.directory, `resnet50-${stage}.assets.json`), 'utf8');
    expect(JSON.parse(manifest).dockerImages).toEqual({});
  });

  it('names it in its outputs', () => {
    const template = templateWith(IMAGE);
    expect(outputOf(template, 'ImageUri')).toBe(IMAGE);
    expect(outputOf(template, 'ImageDigest')).toBe(DIGEST);
  });

  it('gets new versions with another digest, and none with the same', () => {
    const versions = versionsOf(templateWith(IMAGE));
    expect(versions.length).toBeGreaterThan(1);
    expect(versionsOf(templateWith(IMAGE))).toEqual(versions);
    const others = versionsOf(templateWith(`${IMAGE.slice(0, -1)}b`));
    expect(others.filter((version) => versions.includes(version))).toEqual([]);
  });
});

describe('an image that is refused', () => {
  it.each([
    ['another region', IMAGE.replace(REGION, 'eu-west-1'), 'expected an image in the region eu-central-1'],
    ['a tag', `${HOST}/resnet50-images:latest`, 'expected a digest, which names one image forever'],
    ['two digests', `${IMAGE}@${DIGEST}`, 'expected a digest, which names one image forever'],
    ['a tag and a digest', IMAGE.replace('@', ':v1@'), 'expected a digest without a tag'],
    ['a digest that is cut off', IMAGE.slice(0, -1), 'expected a digest'],
    ['another algorithm', IMAGE.replace('sha256', 'sha512'), 'expected a digest'],
    ['another registry', `ghcr.io/octo-org/classifier@${DIGEST}`, 'expected a registry of ECR'],
    ['a registry that only looks like ECR', IMAGE.replace('.com/', '.com.evil.example/'), 'registry of ECR'],
    ['no repository', `${HOST}@${DIGEST}`, 'expected a registry of ECR'],
    ['an invalid repository', IMAGE.replace('resnet50-images', 'Resnet50'), 'the name of a repository'],
    ['an empty text', '', 'expected a registry of ECR'],
    ['something else', 7, 'expected a text'],
  ])('%s', (_, image, message) => {
    expect(() => appWith(image)).toThrow(message);
    expect(() => appWith(image)).toThrow(`got ${JSON.stringify(image)}`);
  });

  it('is one of any region without the CLI, which tells the region', () => {
    expect(() => appWith(IMAGE, { target: {} as typeof TARGET })).not.toThrow();
  });
});

describe('an image for a stage of a pipeline', () => {
  const withImages = (images?: object) => ({ github, ...(images ? { images } : {}) });

  it.each([
    ['copied', undefined, COPY],
    ['shared', { use: 'shared' }, IMAGE],
    [
      'shared by another account',
      { use: 'shared', account: '210987654321' },
      IMAGE.replace(ACCOUNT, '210987654321'),
    ],
  ])('is taken from the repository that its roles may read: %s', (_, images, image) => {
    expect(() => appWith(image, { pipeline: withImages(images) })).not.toThrow();
  });

  it.each([
    [
      'the original instead of the copy',
      undefined,
      IMAGE,
      `cdk-r50prod-container-assets-${ACCOUNT}-${REGION}`,
    ],
    [
      'the copy of another stage',
      undefined,
      COPY.replace('r50prod', 'r50dev'),
      'cdk-r50prod-container-assets-',
    ],
    ['a copy instead of the original', { use: 'shared' }, COPY, 'in the repository resnet50-images'],
    [
      'another account',
      { use: 'shared' },
      IMAGE.replace(ACCOUNT, '210987654321'),
      `in the account ${ACCOUNT}`,
    ],
  ])('cannot be %s', (_, images, image, message) => {
    expect(() => appWith(image, { pipeline: withImages(images) })).toThrow(message);
  });
});
