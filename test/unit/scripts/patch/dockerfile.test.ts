import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { baseImageOf, newestDigest, withPatches } from '../../../../scripts/lib/patch/dockerfile.ts';

const dockerfile = readFileSync('Dockerfile', 'utf8');
const digest = `sha256:${'0a'.repeat(32)}`;

describe('the patches of the image', () => {
  it('are the digest of the base image and a date', () => {
    const patched = withPatches(dockerfile, { digest, patchedOn: '2027-01-04' });
    const changed = patched.split('\n').filter((line, index) => line !== dockerfile.split('\n')[index]);
    expect(changed).toEqual([`ARG NODE_DIGEST=@${digest}`, 'ARG PATCHED_ON=2027-01-04']);
  });

  it('reach the layer that downloads Debian’s packages', () => {
    const system = dockerfile.split(/^FROM /m).find((stage) => stage.includes('system.sh'));
    // A stage sees an argument of the whole file only if it names it again, above the line that needs it.
    expect(system).toMatch(/^ARG PATCHED_ON$[\s\S]*^RUN \/system\.sh/m);
  });

  it.each(['NODE_IMAGE', 'NODE_DIGEST', 'PATCHED_ON'])('need the argument %s', (name) => {
    const without = dockerfile.replace(`ARG ${name}=`, 'ARG OTHER=');
    const patch = () => [baseImageOf(without), withPatches(without, { digest, patchedOn: '2027-01-04' })];
    expect(patch).toThrow(`Dockerfile: expected a line ARG ${name}=…, got none`);
  });
});

describe('the newest digest of a tag', () => {
  const image = baseImageOf(dockerfile);

  it('is that of all architectures', async () => {
    const asked: string[] = [];
    const run = async (program: string, args: readonly string[]) => {
      asked.push([program, ...args].join(' '));
      return JSON.stringify({ mediaType: 'application/vnd.oci.image.index.v1+json', digest, size: 10 });
    };
    expect(await newestDigest(image, run)).toBe(digest);
    expect(asked).toEqual([`docker buildx imagetools inspect --format {{json .Manifest}} ${image}`]);
  });

  it('needs the plugin buildx, which the error names', async () => {
    const without = async (_program: string, args: readonly string[]) => {
      if (args[0] === 'buildx') throw new Error('unknown flag: --format');
      return '28.1.0';
    };
    await expect(newestDigest(image, without)).rejects.toThrow(/no buildx.*docs\.docker\.com/);
    const offline = async (_program: string, args: readonly string[]) => {
      if (args.includes('imagetools')) throw new Error('no such host');
      return 'v0.24';
    };
    await expect(newestDigest(image, offline)).rejects.toThrow('no such host');
  });

  it('is required', async () => {
    await expect(newestDigest(image, async () => '{"digest":"latest"}')).rejects.toThrow(image);
  });
});
