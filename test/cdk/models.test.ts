import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { AssetManifest } from 'aws-cdk-lib/cloud-assembly-schema';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServiceImage } from '../../lib/constructs/service-image.ts';
import { modelsSchema } from '../../lib/settings/models.ts';
import type { Settings } from '../../lib/settings.ts';
import { appOf, templateOf } from './support.ts';

describe('the setting models', () => {
  let repository: string;
  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), 'models-'));
    const write = (folder: string, manifest: unknown) => {
      mkdirSync(join(repository, folder));
      writeFileSync(join(repository, folder, 'manifest.json'), JSON.stringify(manifest));
    };
    write('flowers', { name: 'flowers', version: '1.0.0' });
    write('flowers-next', { name: 'flowers', version: '2.0.0' });
    write('flowers-copy', { name: 'flowers', version: '1.0.0' });
    write('nameless', { version: '1.0.0' });
    mkdirSync(join(repository, 'empty'));
  });
  afterAll(() => rmSync(repository, { recursive: true }));

  const read = (folders: unknown) => modelsSchema(repository).safeParse(folders);

  it.each([[['flowers']], [['flowers-next', 'flowers']]])('takes %j', (folders) => {
    expect(read(folders).data).toEqual(folders);
  });

  it.each([
    [['flowers', 'nowhere'], [1], 'expected a folder in models/ with a manifest.json'],
    [['empty'], [0], 'expected a folder in models/ with a manifest.json'],
    [['nameless'], [0], 'expected a folder in models/ with a manifest.json'],
    [['flowers', 'flowers'], [1], 'expected each model once, but flowers@1.0.0 is in the list already'],
    [['flowers', 'flowers-copy'], [1], 'expected each model once, but flowers@1.0.0 is in the list already'],
    [['../flowers'], [0], 'expected a list of folders in models/, such as resnet50'],
    [[], [0], 'expected a list of folders in models/, such as resnet50'],
    ['flowers', [], 'expected a list of folders in models/, such as resnet50'],
  ])('refuses %j', (folders, path, message) => {
    expect(read(folders).error?.issues).toEqual([expect.objectContaining({ path, message })]);
  });

  it('stops the synthesis', () => {
    expect(() => appOf('prod', { models: ['resnet50', 'nowhere'] })).toThrow(
      'prod.models.1: expected a folder in models/ with a manifest.json, got "nowhere"',
    );
  });
});

describe('the setting canaryClasses', () => {
  it('takes WordNet ids and labels of the default model', () => {
    expect(() => appOf('prod', { canaryClasses: ['n02124075', 'tabby'] })).not.toThrow();
  });

  it('refuses a class that the default model does not have', () => {
    expect(() => appOf('prod', { canaryClasses: ['tabby', 'egyptian cats'] })).toThrow(
      'prod.canaryClasses.1: expected a WordNet id or a label of resnet50, the default model, got "egyptian cats"',
    );
  });
});

/** The build arguments of the image, and its tag. */
function imageOf(models: Settings['models']) {
  const app = new App();
  const stack = new Stack(app, 'stack');
  const { digest } = new ServiceImage(stack, 'Image', { architecture: 'x86_64', models });
  const assembly = app.synth();
  const { dockerImages } = JSON.parse(
    readFileSync(join(assembly.directory, 'stack.assets.json'), 'utf8'),
  ) as AssetManifest;
  const [image] = Object.values(dockerImages ?? {});
  return { digest, buildArguments: image?.source.dockerBuildArgs };
}

describe('the models of a stage', () => {
  it('are in the image, which loads the first, and are what the function loads', () => {
    const one = imageOf(['resnet50']);
    const two = imageOf(['resnet50', 'lite']);
    expect(one.buildArguments).toEqual({ MODEL: 'resnet50', OTHER_MODELS: '' });
    expect(two.buildArguments).toEqual({ MODEL: 'resnet50', OTHER_MODELS: 'lite' });
    expect(one.digest).not.toBe(two.digest);
    templateOf('prod').hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['index.handler'] },
      Environment: { Variables: { MODELS: 'resnet50' } },
    });
  });
});
