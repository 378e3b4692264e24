import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cat, expectRefused, type HostileService, MIB, raw, startHostileService } from './support.ts';

const BOUNDARY = 'x-boundary';
const FORM = `multipart/form-data; boundary=${BOUNDARY}`;
const FILE = 'content-disposition: form-data; name="file"; filename="cat.jpg"';

let service: HostileService;
beforeAll(async () => {
  service = await startHostileService();
  await service.expectAlive();
});
afterAll(async () => {
  await service.expectAlive();
  await service.stop();
});

type Piece = string | Uint8Array;
const join = (...pieces: readonly Piece[]) =>
  Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
/** One part: its headers, then its content. */
const part = (headers: Piece, content: Piece = cat, boundary = BOUNDARY) =>
  join(`--${boundary}\r\n`, headers, '\r\n\r\n', content, '\r\n');
const form = (...parts: readonly Buffer[]) => join(...parts, `--${BOUNDARY}--\r\n`);
const manyParts = (count: number, headers: string) => {
  const one = part(headers, 'x');
  return form(Buffer.concat(Array.from({ length: count }, () => one)));
};

test('the form that the other tests damage is accepted', async () => {
  expect(await service.post('/predict', raw(form(part(FILE)), FORM))).toMatchObject({ status: 200 });
});

type Damaged = readonly [what: string, body: Piece, contentType?: string];

const whole = form(part(FILE));
const damaged: readonly Damaged[] = [
  ['no boundary', whole, 'multipart/form-data'],
  ['an empty boundary', whole, 'multipart/form-data; boundary='],
  ['another boundary', whole, 'multipart/form-data; boundary=other'],
  ['a boundary of 10 KB', whole, `multipart/form-data; boundary=${'b'.repeat(10_000)}`],
  ['two boundaries, the first wrong', whole, `multipart/form-data; boundary=other; boundary=${BOUNDARY}`],
  ['no body', '', FORM],
  ['only the end', `--${BOUNDARY}--\r\n`, FORM],
  ['only the start', `--${BOUNDARY}\r\n`, FORM],
  ['no end', part(FILE)],
  ['half an end', join(part(FILE), `--${BOUNDARY}-`)],
  ['an incomplete part', whole.subarray(0, whole.length / 2)],
  ['a part without headers', form(join(`--${BOUNDARY}\r\n\r\n`, cat, '\r\n'))],
  ['a part without content-disposition', form(part('content-type: image/jpeg'))],
  ['a part without a name', form(part('content-disposition: form-data; filename="cat.jpg"'))],
  [
    'a part that is not form-data',
    form(part('content-disposition: attachment; name="file"; filename="c.jpg"')),
  ],
  ['a header without a colon', form(part(`${FILE}\r\nnothing`))],
  ['a name that does not end', form(part('content-disposition: form-data; name="file'))],
  ['LF instead of CRLF', whole.toString('latin1').replaceAll('\r\n', '\n')],
  [
    'a form in the form',
    form(
      part(
        `content-type: ${FORM}\r\ncontent-disposition: form-data; name="file"`,
        form(part(FILE, 'x', 'y')),
      ),
    ),
  ],
  ['NUL in the headers', form(part(`${FILE}\0`))],
  ['an empty file', form(part(FILE, ''))],
  ['two files', form(part(FILE), part(FILE))],
  ['a name of __proto__', form(part('content-disposition: form-data; name="__proto__"; filename="cat.jpg"'))],
];

describe.each(['/predict', '/predict/batch'] as const)('%s', (path) => {
  test.each(damaged.map(([what, body, contentType = FORM]) => [what, body, contentType] as const))(
    '%s is answered below 500',
    async (what, body, contentType) => {
      const answer = await service.post(path, raw(body, contentType), what);
      if (answer.status !== 200) expectRefused(answer, 'invalid_request', 'unsupported_media_type');
      else expect(path, 'a batch has a problem for each of its images').toBe('/predict/batch');
    },
  );
});

describe('odd but harmless', () => {
  test.each([
    ['CR and LF', '"a%0D%0Ab.jpg"'],
    ['quotes', '"a\\"b%22.jpg"'],
    ['a path', '"../../../etc/passwd"'],
    ['other alphabets', '"Кот 猫 🐈.jpg"'],
    ['10 KB', `"${'n'.repeat(10_000)}"`],
    ['bytes that are not UTF-8', Buffer.from('"\xff\xfe.jpg"', 'latin1')],
    ['nothing', '""'],
  ])('a file name of %s', async (what, name) => {
    const headers = join('content-disposition: form-data; name="file"; filename=', name);
    const answer = await service.post('/predict', raw(form(part(headers)), FORM), what);
    if (answer.status !== 200) expectRefused(answer, 'invalid_request');
  });

  test.each<readonly [what: string, body: Piece, contentType: string]>([
    ['a boundary whose quotes do not end', whole, 'multipart/form-data; boundary="x-boundary'],
    [
      'base64 as transfer encoding, which RFC 7578 deprecates',
      form(part(`${FILE}\r\ncontent-transfer-encoding: base64`, Buffer.from(cat).toString('base64'))),
      FORM,
    ],
  ])('%s', async (what, body, contentType) => {
    const answer = await service.post('/predict', raw(body, contentType), what);
    if (answer.status !== 200) expectRefused(answer, 'invalid_request', 'unsupported_media_type');
  });

  test('text before the first and after the last part', async () => {
    const body = join('preamble\r\n', whole, 'epilogue');
    const answer = await service.post('/predict', raw(body, FORM));
    if (answer.status !== 200) expectRefused(answer, 'invalid_request');
  });
});

describe('large forms, in bounded memory', () => {
  const MAX_ADDED_BYTES = 200 * MIB;

  test.each([
    ['19 MB of part headers', false, () => form(part(`${FILE}\r\nx: ${'h'.repeat(19_000_000)}`))],
    ['a million part headers', false, () => form(part(`${FILE}\r\n${'x: y\r\n'.repeat(1_000_000)}z: z`))],
    ['10,000 fields', false, () => manyParts(10_000, 'content-disposition: form-data; name="note"')],
    ['10,000 files', false, () => manyParts(10_000, FILE)],
    ['250,000 fields', false, () => manyParts(250_000, 'content-disposition: form-data; name="note"')],
    ['200,000 files', false, () => manyParts(200_000, FILE)],
    [
      '19 MB of text that is almost the boundary',
      true,
      () => form(part(FILE, `\r\n--x-boundar`.repeat(1_400_000))),
    ],
  ])('%s', { timeout: 20_000 }, async (what, isForm, make) => {
    const body = make();
    const before = (await service.stats()).peakRssBytes;
    for (const path of ['/predict', '/predict/batch'] as const) {
      const answer = await service.post(path, raw(body, FORM), what);
      if (isForm) expect([200, 415]).toContain(answer.status);
      else expectRefused(answer, 'invalid_request');
    }
    expect((await service.stats()).peakRssBytes - before).toBeLessThan(MAX_ADDED_BYTES);
  });
});
