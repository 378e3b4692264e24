import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { testApp } from '../support/app.ts';
import { httpEvent, lambdaContext, restEvent } from '../support/lambda-events.ts';
import { readRepositoryFile } from '../support/model.ts';
import {
  type Answer,
  answerOf,
  expectDocumented,
  expectProblem,
  GET_PATHS,
  requestPath,
} from '../support/openapi.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const image = Buffer.from(cat).toString('base64');
const JSON_IMAGE = {
  '/predict': `"image":"${image}"`,
  '/predict/batch': `"images":["${image}","${image}"]`,
  '/predict/url': '"url":"https://a.example/cat.jpg"',
} as const;
type Path = keyof typeof JSON_IMAGE;
const PATHS = Object.keys(JSON_IMAGE) as Path[];
const FORM_PATHS = ['/predict', '/predict/batch'] as const;

const { request } = testApp({
  fetchUrl: async (_url, take) => {
    await take(cat);
  },
});
const jsonRequest = (body: string): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body,
});
/** A JSON body for the path, with more fields in the JSON text `more`. */
const jsonBody = (path: Path, more = '') => jsonRequest(`{${JSON_IMAGE[path]}${more && ','}${more}}`);

function formBody(...fields: readonly (readonly [name: string, value: string | Uint8Array<ArrayBuffer>])[]) {
  const body = new FormData();
  body.append('file', new Blob([cat]), 'cat.jpg');
  for (const [name, value] of fields) {
    if (typeof value === 'string') body.append(name, value);
    else body.append(name, new Blob([value]), name);
  }
  return { method: 'POST', body };
}

async function post(path: Path, query: string, init: RequestInit): Promise<Answer> {
  const answer = await answerOf(await request(`${path}${query}`, init));
  expectDocumented('POST', path, answer);
  return answer;
}

function classesIn({ body }: Answer): number | undefined {
  const { predictions, results } = body as {
    predictions?: unknown[];
    results?: { predictions: unknown[] }[];
  };
  return (predictions ?? results?.[0]?.predictions)?.length;
}

function expectFields(answer: Answer, fields: readonly object[]): void {
  expectProblem(answer, 400, 'invalid_request');
  expect(answer.body).toMatchObject({ fields });
  expect((answer.body as { fields: unknown[] }).fields).toHaveLength(fields.length);
}

describe('top_k', () => {
  const sent = PATHS.flatMap((path) => [
    [`${path}: the query`, path, '?top_k=2', jsonBody(path)] as const,
    [`${path}: JSON`, path, '', jsonBody(path, '"top_k":2')] as const,
    [`${path}: the query and JSON`, path, '?top_k=2', jsonBody(path, '"top_k":2')] as const,
  ]);
  const sentInForms = FORM_PATHS.flatMap((path) => [
    [`${path}: a form`, path, '', formBody(['top_k', '2'])] as const,
    [`${path}: the query and a form`, path, '?top_k=2', formBody(['top_k', '2'])] as const,
  ]);
  test.each([...sent, ...sentInForms])('in %s', async (_where, path, query, init) => {
    const answer = await post(path, query, init);
    expect(answer.status).toBe(200);
    expect(classesIn(answer)).toBe(2);
  });

  test.each(PATHS)('%s returns five classes without it', async (path) => {
    expect(classesIn(await post(path, '', jsonBody(path)))).toBe(5);
  });

  test.each(PATHS)('%s refuses another value in JSON than in the query, and names both', async (path) => {
    const answer = await post(path, '?top_k=3', jsonBody(path, '"top_k":5'));
    expectFields(answer, [
      { field: 'query.top_k', message: 'expected 5 as in the body, got 3' },
      { field: 'body.top_k', message: 'expected 3 as in the query, got 5' },
    ]);
    expect(answer.body).toMatchObject({
      detail: 'Expected one value of top_k, got 3 in the query and 5 in the body.',
    });
  });

  test.each(FORM_PATHS)('%s refuses another value in a form than in the query', async (path) => {
    expectFields(await post(path, '?top_k=3', formBody(['top_k', '5'])), [
      { field: 'query.top_k' },
      { field: 'body.top_k' },
    ]);
  });

  const RANGE = 'expected a whole number from 1 to 1000';
  test.each(PATHS)('%s refuses it twice in the query', async (path) => {
    const twice = { field: 'query.top_k', message: `${RANGE}, got 2 values: "3" and "3"` };
    expectFields(await post(path, '?top_k=3&top_k=3', jsonBody(path)), [twice]);
    const often = { field: 'query.top_k', message: `${RANGE}, got 100 values: "1" and "1" and others` };
    expectFields(await post(path, `?${'top_k=1&'.repeat(99)}top_k=1}`, jsonBody(path)), [often]);
  });

  test.each(FORM_PATHS)('%s refuses it twice in a form', async (path) => {
    const twice = { field: 'body.top_k', message: `${RANGE}, got 2 values: "3" and "4"` };
    expectFields(await post(path, '', formBody(['top_k', '3'], ['top_k', '4'])), [twice]);
  });

  test.each(['/predict', '/predict/batch'] as const)('%s refuses the images twice in JSON', async (path) => {
    const field = path === '/predict' ? 'image' : 'images';
    for (const more of [JSON_IMAGE[path], `"${field}":"!"`, `"\\u0069${field.slice(1)}":null`]) {
      expectFields(await post(path, '', jsonBody(path, more)), [
        { field: `body.${field}`, message: 'expected one value, got 2' },
      ]);
    }
  });

  test.each(PATHS)('%s refuses it twice in JSON, also with an escaped name', async (path) => {
    for (const more of ['"top_k":3,"top_k":3', '"top_k":3,"\\u0074op_k":3']) {
      expectFields(await post(path, '', jsonBody(path, more)), [
        { field: 'body.top_k', message: `${RANGE}, got 2 values` },
      ]);
    }
  });

  test.each([
    ['0', '0'],
    ['1001', '1001'],
    ['2.5', '2.5'],
    ['', '""'],
    ['five', '"five"'],
    ['1e2', '"1e2"'],
    ['9'.repeat(5000), `"${'9'.repeat(64)}…"`],
    ['a"\n', '"a\\"\\n"'],
  ])('the text %j is refused in the query and in a form, and the error shows it', async (text, shown) => {
    const message = `${RANGE}, got ${shown}`;
    const query = `?top_k=${encodeURIComponent(text)}`;
    for (const path of PATHS)
      expectFields(await post(path, query, jsonBody(path)), [{ field: 'query.top_k', message }]);
    // FormData turns every line break into CRLF.
    const inForm = { field: 'body.top_k', message: message.replace('\\n', '\\r\\n') };
    for (const path of FORM_PATHS) expectFields(await post(path, '', formBody(['top_k', text])), [inForm]);
  });

  test.each([
    ['0', '0'],
    ['1001', '1001'],
    ['2.5', '2.5'],
    ['1e400', 'Infinity'],
    ['"5"', '"5"'],
    [`"${'A'.repeat(100_000)}"`, `"${'A'.repeat(64)}…"`],
    [`"${'\\u0041'.repeat(2000)}"`, `"${'A'.repeat(64)}…"`],
    ['null', 'null'],
    ['true', 'true'],
    ['[5]', 'an array'],
    ['{"a":5}', 'an object'],
  ])('the JSON value %s is refused, and the error shows it', async (value, shown) => {
    for (const path of PATHS) {
      // The JSON of a URL has its own limit.
      if (path === '/predict/url' && value.length > 16_000) continue;
      expectFields(await post(path, '', jsonBody(path, `"top_k":${value}`)), [
        { field: 'body.top_k', message: `${RANGE}, got ${shown}` },
      ]);
    }
  });

  test('is refused as a file', async () => {
    const bytes = new TextEncoder().encode('5');
    expectFields(await post('/predict', '', formBody(['top_k', bytes])), [
      { field: 'body.top_k', message: `${RANGE}, got a file` },
    ]);
    expectFields(await post('/predict', '', formBody(['top_k', bytes], ['top_k', '5'])), [
      { field: 'body.top_k', message: `${RANGE}, got 2 values: "(a file)" and "5"` },
    ]);
  });

  test.each([
    ['REST API (v1)', restEvent({ method: 'POST', path: '/predict', body: cat })],
    ['HTTP API (v2)', httpEvent({ method: 'POST', path: '/predict', body: cat })],
  ])('is refused twice in the query behind a %s', async (_gateway, event) => {
    const query = {
      queryStringParameters: { top_k: '4' },
      multiValueQueryStringParameters: { top_k: ['3', '4'] },
      rawQueryString: 'top_k=3&top_k=4',
    };
    const { statusCode, body } = await gatewayHandler(testApp().app)({ ...event, ...query }, lambdaContext);
    expect(statusCode).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ fields: [{ field: 'query.top_k' }] });
  });
});

test.each(PATHS)('%s takes JSON with a byte order mark', async (path) => {
  const { body, ...init } = jsonBody(path, '"top_k":2');
  const answer = await post(path, '', { ...init, body: `\ufeff${body}` });
  expect(answer.status).toBe(200);
  expect(classesIn(answer)).toBe(2);
});

test.each(FORM_PATHS)('%s takes a file that has a content type but no file name', async (path) => {
  const part = 'content-disposition: form-data; name="file"\r\ncontent-type: image/jpeg';
  const body = Buffer.concat([Buffer.from(`--b\r\n${part}\r\n\r\n`), cat, Buffer.from('\r\n--b--\r\n')]);
  const headers = { 'content-type': 'multipart/form-data; boundary=b' };
  expect((await post(path, '', { method: 'POST', headers, body })).status).toBe(200);
});

describe('unknown parameters', () => {
  test.each(PATHS)('%s names an unknown query parameter and an unknown JSON field', async (path) => {
    expectFields(await post(path, '?topk=3', jsonBody(path)), [
      { field: 'query.topk', message: 'unknown parameter, expected top_k, explain or model' },
    ]);
    const [field = ''] = JSON_IMAGE[path].split('"').filter(Boolean);
    const fields = path === '/predict' ? `${field}, upload_id` : field;
    expectFields(await post(path, '', jsonBody(path, '"topk":3')), [
      { field: 'body.topk', message: `unknown field, expected ${fields}, top_k or explain` },
    ]);
  });

  test.each(FORM_PATHS)('%s names unknown form fields, text and files', async (path) => {
    expectFields(await post(path, '', formBody(['note', 'hello'], ['image', cat])), [
      { field: 'body.note', message: 'unknown field, expected file, top_k or explain' },
      { field: 'body.image', message: 'unknown field, expected file, top_k or explain' },
    ]);
  });

  test.each(GET_PATHS)('GET %s takes no query parameters', async (path) => {
    const answer = await answerOf(await request(`${requestPath(path, 'fake')}?verbose=1`));
    expectDocumented('GET', path, answer);
    expectFields(answer, [{ field: 'query.verbose', message: 'unknown parameter, this path takes none' }]);
  });

  test('errors do not repeat their values', async () => {
    const answer = await post('/predict', '?api_key=s3cret', formBody());
    expect(JSON.stringify(answer.body)).not.toContain('s3cret');
    const url = await post('/predict/url', '', jsonRequest('{"url":"","url":"s3cret","pw":"s3cret"}'));
    expect(JSON.stringify(url.body)).not.toContain('s3cret');
  });

  test('neither errors nor their causes, which the log shows, repeat invalid JSON', async () => {
    for (const path of PATHS) {
      const { request, requests } = testApp();
      const answer = await answerOf(await request(path, jsonRequest('{"image":s3cret}')));
      expectProblem(answer, 400, 'invalid_request');
      expect(inspect([answer.body, requests[0]?.error])).not.toContain('s3cret');
    }
  });

  test.each(['__proto__', 'constructor', 'toString', 'top_k[]', '', ' top_k', '🐈'.repeat(40)])(
    'the name %j is unknown in each place',
    async (name) => {
      const answers = [
        await post('/predict', `?${encodeURIComponent(name)}=1`, formBody()),
        await post('/predict', '', formBody([name, '1'])),
        await post('/predict', '', jsonBody('/predict', `${JSON.stringify(name)}:1`)),
        await post('/predict/url', '', jsonBody('/predict/url', `${JSON.stringify(name)}:1`)),
      ];
      for (const answer of answers) {
        expectProblem(answer, 400, 'invalid_request');
        expect(JSON.stringify(answer.body)).toContain(name.slice(0, 64));
      }
    },
  );

  test.each(['/predict', ...GET_PATHS])('%s refuses more than a hundred query parameters', async (path) => {
    const init = path === '/predict' ? formBody() : {};
    const query = Array.from({ length: 101 }, (_, index) => index).join('&');
    expectFields(await answerOf(await request(`${requestPath(path, 'fake')}?${query}`, init)), [
      { field: 'query', message: 'expected at most 100 parameters, got 101' },
    ]);
  });

  const many = Array.from({ length: 1000 }, (_, index) => `${index}${'n'.repeat(300)}`);
  test.each([
    [
      'query parameters',
      `?${many
        .slice(0, 99)
        .map((name) => `${name}=${'v'.repeat(50)}`)
        .join('&')}`,
      formBody(),
    ],
    ['form fields', '', formBody(...many.slice(0, 99).map((name) => [name, 'x'] as const))],
    [
      'JSON fields',
      '',
      jsonRequest(
        `{${many
          .slice(0, 50)
          .map((name) => `"${name}":1`)
          .join()}}`,
      ),
    ],
  ])('many %s get a short problem', async (_what, query, init) => {
    const answer = await post('/predict', query, init);
    expectProblem(answer, 400, 'invalid_request');
    const { detail, fields } = answer.body as { detail: string; fields: unknown[] };
    expect(fields).toHaveLength(10);
    expect(detail).toMatch(/; and \d+ more\.$/);
    expect(JSON.stringify(answer.body).length).toBeLessThan(4000);
  });
});
