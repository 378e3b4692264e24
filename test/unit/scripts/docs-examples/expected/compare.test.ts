import { describe, expect, it } from 'vitest';
import { compareJson, compareText } from '../../../../../scripts/lib/docs-examples/expected/compare.ts';

const ANSWER = JSON.stringify({
  request_id: '1cda6c3b-3366-404d-b6ac-7c8bc1fb3ff2',
  predictions: [
    { rank: 1, label: 'Egyptian cat', probability: 0.8804641917362388 },
    { rank: 2, label: 'tabby', probability: 0.07 },
  ],
  timing_ms: { decode: 1.58, total: 28.62 },
});

describe('JSON that a page shows', () => {
  it.each([
    [
      'with other ids, times and last digits',
      ANSWER.replace('1cda6c3b', 'aaaaaaaa').replace('28.62', '9').replace('0.07}', '0.0701}'),
    ],
    [
      'with an ellipsis for any part',
      '{"request_id":"1cda…","predictions":[{"rank":1,"label":"Egyptian cat","probability":0.880…},…],"timing_ms":{…}}',
    ],
    ['with an ellipsis for the rest of an object', '{\n  "predictions": […],\n  …\n}'],
  ])('may be shown %s', (_how, shown) => {
    expect(compareJson(shown, ANSWER)).toBeUndefined();
  });

  it.each([
    ['a key that is not there', '{"model":{…},…}', /shows model/],
    ['fewer keys, without an ellipsis', '{"predictions":[…]}', /does not show request_id/],
    [
      'another text',
      '{"predictions":[{"rank":1,"label":"tabby",…},…],…}',
      /\[0\]\.label: the page shows "tabby", got "Egyptian cat"/,
    ],
    ['another number', '{"predictions":[{"rank":1,"probability":0.87,…},…],…}', /shows 0.87/],
    ['other first digits', '{"predictions":[{"rank":1,"probability":0.87…,…},…],…}', /0\.87/],
    ['fewer elements', '{"predictions":[{…}],…}', /shows 1 elements, got 2/],
    ['another type', '{"predictions":{…},…}', /predictions/],
  ])('may not show %s', (_what, shown, why) => {
    expect(compareJson(shown, ANSWER)).toMatch(why);
  });

  it('may be some of the answers, in order', () => {
    const output = `{"a":1}\n${ANSWER}[{"b":"}"}] and {"c":3}`;
    expect(compareJson('{"a":1}\n[{"b":"}"}]', output)).toBeUndefined();
    expect(compareJson('{"c":3}\n{"a":1}', output)).toMatch(/got no such JSON/);
    expect(compareJson('{"a":1}', 'no JSON')).toMatch(/got no such JSON/);
  });

  it('is named if it cannot be read', () => {
    expect(compareJson('{"a": }', '{"a":1}')).toMatch(/^the page shows JSON that cannot be read: /);
  });
});

describe('text that a page shows', () => {
  const output = 'FILE           LABEL\nexamples/cat.jpg   Egyptian cat\nDone in 3.2 s\n';

  it('may leave out lines and parts of lines, and align columns in another way', () => {
    expect(compareText('FILE   LABEL\n…\nDone in … s\n', output)).toBeUndefined();
  });

  it.each([
    ['version 1, x@sha256:91dba52e…', 'version 1, x@sha256:0123456789abcdef0123456789abcdef'],
    ['took 1 min 16 s', 'took   58 s'],
    ['ok  ready  the model is loaded (17 ms)', 'ok ready the model is loaded (3.5 ms)'],
    ['published 2026-11-28T02:37:32.486+0000', 'published 2026-11-29T03:00:00Z'],
    ['"request_id":"120ec37b-…",…', '"request_id":"1cda6c3b-3366-404d-b6ac-7c8bc1fb3ff2","model":{}'],
  ])('%j fits %j', (shown, actual) => {
    expect(compareText(shown, actual)).toBeUndefined();
  });

  it('may not show other numbers', () => {
    expect(compareText('version 1 (3 ms)', 'version 2 (3 ms)')).toMatch(/version 1/);
    expect(compareText('12345678 bytes', '12345679 byte')).toMatch(/bytes/);
  });

  it('may not show other lines, or others in between', () => {
    expect(compareText('examples/dog.jpg  …\n', output)).toMatch(/examples\/dog.jpg/);
    expect(compareText('Done in … s\nFILE LABEL\n', output)).toMatch(/FILE LABEL/);
  });
});
