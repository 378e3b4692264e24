import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AssetManifest } from 'aws-cdk-lib/cloud-assembly-schema';
import { expect, it } from 'vitest';
import { appOf } from './support.ts';

it('the tag of the image changes with the patches in its Dockerfile', () => {
  const assembly = appOf('dev').synth();
  const manifest = join(assembly.directory, 'resnet50-dev.assets.json');
  const { dockerImages } = JSON.parse(readFileSync(manifest, 'utf8')) as AssetManifest;
  const [image] = Object.values(dockerImages ?? {});
  // CDK hashes all that it copies into this folder, and .dockerignore leaves out what it does not name.
  const folder = join(assembly.directory, image?.source.directory ?? '');
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^ARG NODE_DIGEST=@sha256:[0-9a-f]{64}$/m);
  expect(dockerfile).toMatch(/^ARG PATCHED_ON=\d{4}-\d\d-\d\d$/m);
});
