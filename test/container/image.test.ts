import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, matchesGlob, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { docker, IMAGE } from '../../scripts/lib/docker/docker.ts';
import { listImage } from './image-files.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));

const inspectImage = async <Value>(field: string, image = IMAGE): Promise<Value> =>
  JSON.parse(await docker('image', 'inspect', '--format', `{{json ${field}}}`, image));

const ignored = (await readFile(`${repository}.dockerignore`, 'utf8')).split('\n');
const bundles = (await readFile(`${repository}Dockerfile`, 'utf8'))
  .split('\n')
  .flatMap((line) => /^ARG (?:MODEL|OTHER_MODELS)=(.*)$/.exec(line)?.[1]?.split(',') ?? [])
  .filter((name) => name !== '');

/** The files of the bundles in the image, without those that .dockerignore leaves out. */
async function bundleFiles(): Promise<readonly string[]> {
  const files = await Promise.all(
    bundles.map(async (name) =>
      (await readdir(`${repository}models/${name}`)).map((file) => `models/${name}/${file}`),
    ),
  );
  return files.flat().filter((file) => !ignored.some((pattern) => matchesGlob(file, pattern)));
}

describe.skipIf(!inject('engine'))('the image', () => {
  let files: readonly string[];
  beforeAll(async () => {
    files = (await listImage()).filter(({ kind }) => kind === 'file').map(({ path }) => path);
  });

  test('has descriptive labels', async () => {
    const { version } = JSON.parse(await readFile(`${repository}package.json`, 'utf8'));
    expect(await inspectImage('.Config.Labels')).toMatchObject({
      'org.opencontainers.image.title': 'resnet50-serverless',
      'org.opencontainers.image.licenses': 'Apache-2.0',
      'org.opencontainers.image.version': version,
      'org.opencontainers.image.revision': expect.stringMatching(/^([0-9a-f]{40}|unknown)$/),
      'org.opencontainers.image.source': expect.any(String),
      'com.amazonaws.lambda.feature.snapstart': 'Allow',
      'resnet50.models': bundles.join(),
    });
  });

  test('follows the conventions of Lambda base images', async () => {
    expect(await inspectImage('.Config.Entrypoint')).toEqual(['/lambda-entrypoint.mjs']);
    expect(await inspectImage('.Config.Cmd')).toEqual(['index.handler']);
    expect(await inspectImage('.Config.WorkingDir')).toBe('/var/task');
    expect(await inspectImage('.Config.User')).toBe('1000:1000');
    expect(await inspectImage('.Config.Env')).toContain('ORT_DISABLE_TELEMETRY=1');
  });

  test('is at most 400 MB', async () => {
    expect(await inspectImage<number>('.Size')).toBeLessThanOrEqual(400e6);
  });

  test('contains native code for one platform only, without CUDA', async () => {
    const architecture = await inspectImage<string>('.Architecture');
    const here = architecture === 'amd64' ? 'x64' : architecture;
    const native = files.filter((file) =>
      /^\/(var\/task|usr\/local)\/.*(\.node|\.so[^/]*|\.dylib|\.dll)$/.test(file),
    );
    expect(native.map((file) => file.replace(/^\/var\/task\/node_modules\//, '')).sort()).toEqual([
      expect.stringMatching(new RegExp(`^@img/sharp-libvips-linux-${here}/lib/libvips-cpp\\.so`)),
      expect.stringMatching(new RegExp(`^@img/sharp-linux-${here}/lib/sharp-linux-${here}.*\\.node$`)),
      expect.stringMatching(new RegExp(`^@napi-rs/image-linux-${here}-gnu/.*\\.node$`)),
      'aws-lambda-ric/rapid-client.node',
      expect.stringMatching(
        new RegExp(`^onnxruntime-node/bin/napi-v\\d+/linux/${here}/libonnxruntime\\.so\\.1$`),
      ),
      expect.stringMatching(
        new RegExp(`^onnxruntime-node/bin/napi-v\\d+/linux/${here}/onnxruntime_binding\\.node$`),
      ),
    ]);
  });

  test('contains no sources of the repository and no secrets', async () => {
    const names = files
      .filter((file) => file.startsWith('/var/task/') && !file.includes('/node_modules/'))
      .map((file) => file.slice('/var/task/'.length))
      .map((name) => name.replace(/chunk-\w+/, 'chunk').replace(/^compiled\/.*/, 'compiled code'));
    const entries = [
      'authorizer',
      'available-cpus',
      'canary-traffic',
      'chunk',
      'index',
      'job-steps',
      'job-webhook',
      'job-worker',
      'server',
      'pre-traffic',
      'post-traffic',
      'probe',
      'quality-watch',
    ];
    const expected = [
      ...entries.flatMap((name) => [`${name}.mjs`, `${name}.mjs.map`]),
      'LICENSE',
      'NOTICE',
      'THIRD-PARTY-NOTICES',
      ...(await readdir(`${repository}licences`)).map((name) => `licences/${name}`),
      'canary.jpg',
      'compiled code',
      'healthcheck.mjs',
      ...(await bundleFiles()),
      ...(await pageFiles()).map((name) => `page/${name}`),
    ];
    expect(new Set(names)).toEqual(new Set(expected));
  });

  /** Without the modules of the main page, which are one file in the image. */
  async function pageFiles(): Promise<string[]> {
    const folder = `${repository}lambda/http/page`;
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
      .filter((name) => !/^(app|snippets)\//.test(name));
  }

  // Lambda has one user for all functions.
  test.each(['1000:1000', '993:990'])('has its code compiled for the user %s', async (user) => {
    const code = `process.env.PORT = 'none'; await import('/var/task/server.mjs'); process.exitCode = 0;`;
    const options = ['--rm', '--read-only', '--network=none', `--user=${user}`, '--entrypoint=node'];
    const { stderr } = await promisify(execFile)('docker', [
      ...['run', ...options, '--env=NODE_DEBUG_NATIVE=COMPILE_CACHE', IMAGE],
      ...['--input-type=module', '--eval', code],
    ]);
    const answers = [
      ...stderr.matchAll(/V8 code cache for \w+ (?:file:\/\/)?(\/var\/task\/[^\s[]+) was ([\w ]+),/g),
    ];
    expect(answers.map(([, file]) => file)).toContain('/var/task/server.mjs');
    expect(new Set(answers.map(([, , answer]) => answer))).toEqual(new Set(['accepted']));
  });

  describe('after a change to the code', () => {
    const changed = `${IMAGE}:changed`;
    const layers = (image: string) => inspectImage<string[]>('.RootFS.Layers', image);
    let context: string;
    beforeAll(async () => {
      context = await mkdtemp(join(tmpdir(), 'context-'));
    });
    afterAll(async () => {
      await rm(context, { recursive: true });
      await docker('image', 'rm', '--force', changed);
    });

    test('only the last layer is new, a few MB', { timeout: 120_000 }, async () => {
      const parts = [
        'Dockerfile',
        '.dockerignore',
        '.npmrc',
        'package.json',
        'package-lock.json',
        'LICENSE',
        'NOTICE',
        'THIRD-PARTY-NOTICES',
        'licences',
        'lib/settings/nearest.ts',
      ];
      const models = bundles.map((name) => `models/${name}`);
      for (const part of [...parts, 'lambda', ...models, 'examples/cat.jpg', 'scripts', '.rie']) {
        await cp(join(repository, part), join(context, part), { recursive: true }).catch((error: Error) => {
          if (part !== '.rie') throw error;
        });
      }
      const entry = join(context, 'lambda/index.ts');
      await writeFile(entry, `${await readFile(entry, 'utf8')}\nexport const changed = true;\n`);
      await promisify(execFile)(join(context, 'scripts/image/build.sh'), {
        env: { ...process.env, TAG: changed },
        maxBuffer: 2 ** 26,
      });
      const [before, after] = [await layers(IMAGE), await layers(changed)];
      expect(after).toHaveLength(before.length);
      expect(after.slice(0, -1)).toEqual(before.slice(0, -1));
      expect(after.at(-1)).not.toBe(before.at(-1));
      const [newest = ''] = (await docker('history', '--format', '{{.Size}}', changed))
        .split('\n')
        .filter((size) => size !== '0B');
      // The bundles, of which the AWS SDK is the largest part, and their source maps.
      expect(newest).toMatch(/MB$/);
      expect(Number.parseFloat(newest)).toBeLessThan(15);
    });
  });
});
