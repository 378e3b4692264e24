import { spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { environment, runBlocks } from '../../../../../scripts/lib/docs-examples/page/run-blocks.ts';
import { freePort } from '../../../../../scripts/lib/system/free-port.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../../../scripts/lib/system/temporary-folder.ts';

let folder: TemporaryFolder;
beforeEach(async () => {
  folder = await temporaryFolder('blocks-');
});
afterEach(() => folder[Symbol.dispose]());

async function run(blocks: Readonly<Record<string, string>>, seconds = 30) {
  for (const [name, code] of Object.entries(blocks)) await writeFile(join(folder.path, name), code);
  return runBlocks(folder.path, folder.path, environment(folder.path), seconds);
}
const printed = (name: string) => readFile(join(folder.path, `${name}.out`), 'utf8');

describe('the blocks of a page', () => {
  it('share a shell, and programs run between them', async () => {
    const ended = await run({
      '00001.sh': 'one=1; twice() { echo "$1$1"; }\n',
      '00002.mjs': 'console.log("from Node.js");\n',
      '00003.sh': 'twice "$one"\n',
    });
    expect(ended).toMatchObject({ passed: ['00001.sh', '00002.mjs', '00003.sh'], failed: undefined });
    expect(await printed('00002.mjs')).toBe('from Node.js\n');
    expect(await printed('00003.sh')).toBe('11\n');
  });

  it('end at the first command that fails, also in a pipe', async () => {
    const ended = await run({ '00001.sh': 'false | cat\necho on\n', '00002.sh': 'true\n' });
    expect(ended).toEqual({ passed: [], failed: '00001.sh', why: 'expected exit code 0, got 1' });
    expect(await printed('00001.sh')).toBe('');
  });

  it('end at the first that fails, whatever the blocks before it have set', async () => {
    const ended = await run({
      '00001.sh': 'set +e; block=one; blocks=two; service=three; command=four\n',
      '00002.sh': 'false\ntrue\n',
    });
    expect(ended).toMatchObject({ passed: ['00001.sh'], failed: '00002.sh' });
  });

  it('end when one takes too long', async () => {
    expect(await run({ '00001.sh': 'sleep 60\n' }, 1)).toMatchObject({
      failed: '00001.sh',
      why: 'expected an end within 1 s',
    });
  });

  it('cannot change the packages', async () => {
    expect(await run({ '00001.sh': 'npm ci\n', '00002.sh': 'npm install left-pad\n' })).toMatchObject({
      passed: ['00001.sh'],
      failed: '00002.sh',
    });
  });
});

const hasCurl = spawnSync('curl', ['--version']).status === 0;

// On a build server, it fails without curl.
describe.skipIf(!hasCurl && process.env['CI'] !== 'true')('a block that calls a server', () => {
  let server: Server;
  let url: string;
  beforeEach(async () => {
    server = createServer(({ url: path = '' }, response) => {
      response.writeHead(path === '/ready' ? 200 : 404).end(`{"path":"${path}"}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(() => void server.close());

  it('fails if the answer is an error, unless the page shows it', async () => {
    const call = `curl -s ${url}/nothing\n`;
    expect(await run({ '00001.sh': `curl -s ${url}/ready\n`, '00002.sh': call })).toMatchObject({
      passed: ['00001.sh'],
      failed: '00002.sh',
    });
    expect(await run({ '00002.sh.status': '', '00002.sh': call })).toMatchObject({ failed: undefined });
    expect(await printed('00002.sh')).toBe('{"path":"/nothing"}');
  });
});

describe('a server that a block starts', () => {
  it('runs while the next blocks run, and ends with the page', async () => {
    const program = `require("http").createServer((_, response) => response.end("ready")).listen(port)`;
    const port = await freePort('127.0.0.1');
    const url = `http://127.0.0.1:${port}/`;
    const ended = await run({
      '00001.sh': `serve ${url} 'node -e '\\''${program.replace('port', String(port))}'\\'''\n`,
      '00002.mjs': `console.log(await (await fetch("${url}")).text());\n`,
    });
    expect(ended).toMatchObject({ failed: undefined });
    expect(await printed('00002.mjs')).toBe('ready\n');
    await expect(fetch(url)).rejects.toThrow();
  });

  it('fails the block with what it printed if it does not start', async () => {
    const ended = await run({ '00001.sh': "serve http://127.0.0.1:9/ 'echo no port; exit 1'\n" });
    expect(ended).toMatchObject({ failed: '00001.sh' });
    expect(await readFile(join(folder.path, '00001.sh.err'), 'utf8')).toContain('no port');
  });
});
