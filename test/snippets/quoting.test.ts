import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snippets } from '../../lambda/http/page/snippets/index.js';
import { literal } from '../../lambda/http/page/snippets/literal.js';
import type { SnippetRequest } from '../../lambda/http/page/snippets/request.js';
import { verifySigV4 } from '../support/sigv4.ts';
import { isMissing, runProgram, snippetRequest, startRecorder } from './support.ts';

const SPECIAL = [
  ...'\'"`\\$;,=@-%{}#!&|<>()*? \n\r\t\b\f',
  '\\u0041',
  '\\U',
  '$' + '{x}',
  '%s',
  '\u202e',
  '\ufeff',
  '\u2028',
  '\u0085',
  '😀',
];
const text = fc
  .array(fc.oneof(fc.constantFrom(...SPECIAL), fc.string({ unit: 'binary', maxLength: 3 })), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(''))
  .filter((joined) => joined !== '');
/** What Linux allows as the name of a file. */
const fileName = text
  .map((name) => name.replaceAll(/[/\0]/g, '_'))
  .filter((name) => name !== '.' && name !== '..');

const SECRET = 'the-secret';
const AWS = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: SECRET,
  AWS_SESSION_TOKEN: 'the-session',
};

/** Programs that print texts as a list in JSON. */
const PRINTERS: Readonly<Record<string, (literals: string) => string>> = {
  python: (literals) => `import json\nprint(json.dumps([${literals}]))\n`,
  javascript: (literals) => `console.log(JSON.stringify([${literals}]));\n`,
  go: (literals) =>
    `package main\n\nimport (\n\t"encoding/json"\n\t"os"\n)\n\nfunc main() {\n\t_ = json.NewEncoder(os.Stdout).Encode([]string{${literals}})\n}\n`,
};

describe.each(Object.entries(PRINTERS))('a literal in %s', (id, printer) => {
  test.skipIf(isMissing(id))('means the text it is made of', async () => {
    const texts = fc.sample(text, 1000);
    const printed = await runProgram(id, printer(texts.map(literal).join(', ')));
    expect(JSON.parse(printed)).toEqual(texts);
  });
});

test('a literal has no invisible characters, and none that turn the direction of the text', () => {
  fc.assert(
    fc.property(
      text,
      (value) => !/[\p{Cc}\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/u.test(literal(value)),
    ),
  );
});

test.skipIf(isMissing('go'))('the Go programs are formatted as gofmt formats them', async () => {
  const [program] = snippets.filter(({ id }) => id === 'go');
  const folder = await mkdtemp(join(tmpdir(), 'gofmt-'));
  const requests: Partial<SnippetRequest>[] = [
    {},
    { explain: 1 },
    { auth: 'api-key' },
    { auth: 'jwt' },
    { auth: 'iam' },
  ];
  for (const kind of ['file', 'url', 'batch'] as const) {
    for (const [index, changes] of requests.entries()) {
      const request = {
        kind,
        base: 'http://localhost/',
        url: 'https://example.com',
        files: [{ name: 'a' }, { name: 'b' }],
        ...changes,
      };
      await writeFile(join(folder, `${kind}-${index}.go`), program?.make(snippetRequest(request)) ?? '');
    }
  }
  const { stdout } = await promisify(execFile)('gofmt', ['-l', folder]);
  expect(stdout).toBe('');
});

describe.skipIf(isMissing('curl'))('curl', () => {
  let service: Awaited<ReturnType<typeof startRecorder>>;
  beforeAll(async () => {
    service = await startRecorder(() => Response.json({}));
  });
  afterAll(() => service.stop());

  const curl = snippets.find(({ id }) => id === 'curl');
  const run = (
    changes: Partial<SnippetRequest> & Pick<SnippetRequest, 'kind'>,
    files: Readonly<Record<string, Uint8Array>>,
  ) => {
    const request = { base: service.base, files: Object.keys(files).map((name) => ({ name })), ...changes };
    return runProgram('curl', curl?.make(snippetRequest(request)) ?? '', files, AWS);
  };

  test('sends the files with any names', async () => {
    for (const names of fc.sample(fc.uniqueArray(fileName, { minLength: 1, maxLength: 4 }), 25)) {
      const files = Object.fromEntries(
        names.map((name, index) => [name, Buffer.from(`content of ${index}`)]),
      );
      await run({ kind: 'batch' }, files);
      const [request] = service.take();
      for (const content of Object.values(files)) {
        expect(request?.body.includes(content), JSON.stringify(names)).toBe(true);
      }
    }
  });

  test('signs a file, a URL and a batch', async () => {
    for (const [first, second] of fc.sample(fc.uniqueArray(fileName, { minLength: 2, maxLength: 2 }), 10)) {
      const files = {
        [first as string]: Buffer.from('first \0\n'),
        [second as string]: Buffer.from('second'),
      };
      const options = { auth: 'iam', model: 'a@1+b', explain: 1 } as const;
      await run({ kind: 'file', ...options }, { [first as string]: Buffer.from('first \0\n') });
      await run({ kind: 'url', url: 'https://example.com/?a=@b', ...options }, {});
      await run({ kind: 'batch', ...options }, files);
      const requests = service.take();
      for (const { url, headers, body } of requests) {
        const signed = {
          method: 'POST',
          url: new URL(url, service.base),
          headers: headers as Record<string, string>,
          body,
        };
        expect(verifySigV4(signed, SECRET)).toMatchObject({
          accessKeyId: 'AKIDEXAMPLE',
          service: 'execute-api',
        });
      }
      const [file, url, batch] = requests.map(({ body }) => body.toString());
      expect(file).toBe('first \0\n');
      expect(JSON.parse(url ?? '')).toMatchObject({ url: 'https://example.com/?a=@b' });
      expect(JSON.parse(batch ?? '')).toEqual({
        images: Object.values(files).map((content) => content.toString('base64')),
      });
    }
  });
});
