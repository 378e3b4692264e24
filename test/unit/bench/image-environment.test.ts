import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imageEnvironment, parseEnvironment } from '../../../bench/lib/subjects/image-environment.ts';
import { readConfig } from '../../../lambda/config.ts';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

describe('parseEnvironment', () => {
  it('reads the variables of the last stage, quoted and on several lines', () => {
    const dockerfile = [
      'ARG OUTER=outer',
      'ARG OTHER=2',
      'FROM node AS build',
      'ARG OUTER=of-the-build',
      'ENV OF_THE_BUILD=1',
      '',
      'FROM scratch',
      'ARG OUTER',
      'ARG OWN=own',
      'ARG OTHER=3',
      'ENV OPTIONS="--one=1 --two"',
      '# A comment between them.',
      'ENV FIRST=1 \\',
      '    SECOND=/two \\',
      `    FILLED=\${OUTER}/\${OWN}/\${OTHER}`,
      'CMD ["ENV THIRD=3"]',
    ].join('\n');
    expect(parseEnvironment(dockerfile)).toEqual({
      OPTIONS: '--one=1 --two',
      FIRST: '1',
      SECOND: '/two',
      FILLED: 'outer/own/3',
    });
  });
});

describe('imageEnvironment', () => {
  it('has the options of V8, but no paths of the image and no address', () => {
    const environment = imageEnvironment(REPOSITORY);
    expect(environment['NODE_OPTIONS']).toContain('--max-semi-space-size=');
    expect(Object.keys(environment)).not.toContain('CANARY_PHOTO');
    expect(Object.keys(environment)).not.toContain('MODEL_REPOSITORY');
    expect(Object.keys(environment)).not.toContain('PATH');
    expect(Object.keys(environment)).not.toContain('HOST');
  });

  it('loads the models that the image loads, and no others of the repository', () => {
    const { models } = readConfig(imageEnvironment(REPOSITORY));
    expect(models).toEqual([`${REPOSITORY}models/resnet50`]);
  });

  it('keeps the compiled code beside the bundle', async () => {
    const folder = `${await mkdtemp(join(tmpdir(), 'image-'))}/`;
    await writeFile(`${folder}Dockerfile`, 'FROM scratch\nENV NODE_COMPILE_CACHE=/var/task/compiled\n');
    expect(imageEnvironment(folder)).toEqual({ NODE_COMPILE_CACHE: `${folder}dist/compiled` });
    await rm(folder, { recursive: true });
  });
});
