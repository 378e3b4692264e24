import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRepositoryFile, repositoryPath } from '../support/model.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

const LOCAL = 'http://localhost:8080';
const hasJq = spawnSync('jq', ['--version']).status === 0;
const hasRequests = spawnSync('python3', ['-c', 'import requests']).status === 0;

/** The code of a document in one language, block after block. */
function blocks(document: string, language: string): readonly string[] {
  const text = Buffer.from(readRepositoryFile(document)).toString();
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, code = '']) => code,
  );
}

let service: ServiceProcess;
let folder: string;
let url: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobs-docs-'));
  await symlink(repositoryPath('examples'), join(folder, 'examples'));
  await writeFile(join(folder, 'broken.jpg'), readRepositoryFile('examples/cat.jpg').subarray(0, 5000));
  service = startProcess(['lambda/server.ts'], {
    PORT: '0',
    MODELS: 'resnet50',
    DATA_DIR: join(folder, 'data'),
  });
  const { message } = await service.logged(({ message }) => String(message).startsWith('Ready on '));
  url = String(message).slice('Ready on '.length);
});
afterAll(async () => {
  service.process.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Runs a program as a reader does, but for the address of the service. */
async function run(command: readonly [string, ...string[]], file: string, program: string): Promise<string> {
  const here = program.replaceAll(LOCAL, url).replaceAll('localhost:8080', new URL(url).host);
  await writeFile(join(folder, file), here);
  const [name, ...args] = command;
  const { stdout } = await promisify(execFile)(name, args, { cwd: folder });
  return stdout;
}

const PHOTOS = ['examples/cat.jpg', 'examples/espresso.webp', 'broken.jpg'];

describe('docs/large-photos.md', () => {
  const document = 'docs/large-photos.md';

  test.skipIf(!hasJq)('curl', async () => {
    const printed = await run(['sh', '-eu', 'large.sh'], 'large.sh', blocks(document, 'sh').join('\n'));
    expect(printed).toMatch(/^\{"upload_id":"upl_[0-9a-f]{32}","method":"PUT","url":"http/);
    expect(printed).toContain('"label":"Egyptian cat"');
  });

  test.skipIf(!hasRequests)('Python', async () => {
    const [program = ''] = blocks(document, 'python');
    expect(await run(['python3', 'large.py', 'examples/cat.jpg'], 'large.py', program)).toMatch(
      /^Egyptian cat 0\.88\n/,
    );
  });

  test('JavaScript', async () => {
    const [program = ''] = blocks(document, 'js');
    expect(await run([process.execPath, 'large.mjs', 'examples/cat.jpg'], 'large.mjs', program)).toMatch(
      /^Egyptian cat 0\.88\d\n/,
    );
  });
});

describe('docs/jobs.md', () => {
  const document = 'docs/jobs.md';
  const expected = [
    'examples/cat.jpg Egyptian cat',
    'examples/espresso.webp consomme',
    'broken.jpg failed: invalid_image',
  ];

  test.skipIf(!hasJq)('curl', async () => {
    const printed = await run(['sh', '-u', 'job.sh'], 'job.sh', blocks(document, 'sh').join('\n'));
    const lines = printed
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ index }) => index)).toEqual(lines.map((_, index) => index));
    expect(lines.some(({ predictions }) => predictions[0].label === 'Egyptian cat')).toBe(true);
  });

  test.skipIf(!hasRequests)('Python', async () => {
    const [program = ''] = blocks(document, 'python');
    const printed = await run(['python3', 'job.py', ...PHOTOS], 'job.py', program);
    expect(printed.trim().split('\n')).toEqual(expected);
  });

  test('JavaScript', async () => {
    const [program = ''] = blocks(document, 'js');
    const printed = await run([process.execPath, 'job.mjs', ...PHOTOS], 'job.mjs', program);
    expect(printed.trim().split('\n')).toEqual(expected);
  });
});
