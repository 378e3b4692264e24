import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseForm } from '../../../../lambda/http/body/multipart.ts';
import { complete } from '../../../support/steps.ts';

const parse = (body: Uint8Array, contentType: string) => complete(parseForm(body, contentType));

async function encoded(form: FormData): Promise<readonly [Uint8Array, string]> {
  const request = new Request('http://localhost', { method: 'POST', body: form });
  return [await request.bytes(), request.headers.get('content-type') ?? ''];
}

const file = (content: Uint8Array, headers = 'Content-Disposition: form-data; name="file"; filename="a"') =>
  Buffer.concat([Buffer.from(`--b\r\n${headers}\r\n\r\n`), content, Buffer.from('\r\n--b--\r\n')]);
const TYPE = 'multipart/form-data; boundary=b';

describe('parseForm', () => {
  test('finds every part as it was sent, with any content, and tells files from text', async () => {
    const part = fc.record({
      name: fc.string({ minLength: 1, maxLength: 10, unit: fc.constantFrom(...'abcfile_-.') }),
      content: fc.uint8Array({ maxLength: 200 }),
      isFile: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 6 }), async (parts) => {
        const form = new FormData();
        for (const { name, content, isFile } of parts) {
          if (isFile) form.append(name, new Blob([new Uint8Array(content)]), 'photo "1".jpg');
          else form.append(name, `text of ${content.length}`);
        }
        const [body, type] = await encoded(form);
        expect(parse(body, type).map((found) => ({ ...found, bytes: [...found.bytes] }))).toEqual(
          parts.map(({ name, content, isFile }) => ({
            name,
            isFile,
            hasContentType: isFile,
            bytes: [...(isFile ? content : Buffer.from(`text of ${content.length}`))],
          })),
        );
      }),
      { numRuns: 100 },
    );
  });

  test('returns parts of the body, not copies', () => {
    const body = file(Buffer.from('content'));
    expect(parse(body, TYPE)[0]?.bytes.buffer).toBe(body.buffer);
  });

  test.each([
    ['line breaks and text that is almost the boundary', '\r\n--a\r\n--\r\n-b\r\n\r\n'],
    ['nothing', ''],
    ['a line break', '\r\n'],
  ])('a file of %s', (_what, content) => {
    expect(Buffer.from(parse(file(Buffer.from(content)), TYPE)[0]?.bytes ?? []).toString()).toBe(content);
  });

  test.each([
    ['quoted pairs', 'Content-Disposition: form-data; name="f\\"ile"; filename="a\\"b"', 'f\\"ile'],
    ['no quotes', 'content-disposition:form-data;filename=a;name=file', 'file'],
    ['spaces around values', 'content-disposition:form-data ; name = file ; filename = a ', 'file'],
    ['a name inside a file name', 'Content-Disposition: form-data; filename="; name=x"; name="file"', 'file'],
    ['an extended file name', "Content-Disposition: form-data; name=file; filename*=UTF-8''a", 'file'],
  ])('a disposition with %s', (_what, headers, name) => {
    expect(parse(file(Buffer.from('x'), headers), TYPE)[0]?.name).toBe(name);
  });

  const NAMED = 'Content-Disposition: form-data; name=top_k';
  test.each([
    ['two names', `${NAMED}; name="file"`],
    ['two names in different case', `${NAMED}; NAME=file`],
    ['two file names', `${NAMED}; filename=a; filename=b`],
    ['two dispositions', `${NAMED}\r\n${NAMED}`],
    ['two encodings', `${NAMED}\r\ncontent-transfer-encoding: 7bit\r\nContent-Transfer-Encoding: base64`],
    [
      'more parameters than there are',
      `${NAMED}${Array.from({ length: 9 }, (_, at) => `;a${at}=b`).join('')}`,
    ],
    ['17 headers', `${NAMED}${Array.from({ length: 16 }, (_, at) => `\r\na${at}:b`).join('')}`],
    ['3 KB of headers', `${NAMED}; filename="${'n'.repeat(3000)}"`],
  ])('a part with %s is refused', (_what, headers) => {
    expect(() => parse(file(Buffer.from('x'), headers), TYPE)).toThrowError(
      expect.objectContaining({
        code: 'invalid_request',
        detail: expect.stringMatching(/^Expected .*, got /),
      }),
    );
  });

  test('names the field of a part that is not the base64 that it says', () => {
    const headers = `${NAMED}\r\nContent-Transfer-Encoding: base64`;
    for (const content of ['', '!']) {
      expect(() => parse(file(Buffer.from(content), headers), TYPE)).toThrowError(
        expect.objectContaining({ detail: expect.stringMatching(/^body\.top_k: expected base64 /) }),
      );
    }
  });

  test('decodes a part in base64, which some old clients send', () => {
    const headers =
      'Content-Disposition: form-data; name=file; filename=a\r\nContent-Transfer-Encoding: base64';
    const [part] = parse(file(Buffer.from('aGVs\r\nbG8='), headers), TYPE);
    expect(Buffer.from(part?.bytes ?? []).toString()).toBe('hello');
  });
});
