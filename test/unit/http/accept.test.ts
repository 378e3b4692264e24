import { expect, test } from 'vitest';
import { prefers } from '../../../lambda/http/accept.ts';

const BYTES = 'application/octet-stream';
const JSON_TYPE = 'application/json';
const wantsBytes = (accept: string | undefined) => prefers(accept, BYTES, JSON_TYPE);

test.each([
  BYTES,
  'Application/Octet-Stream',
  ` ${BYTES} ;q=0.5`,
  `${BYTES}, */*`,
  `*/*, ${BYTES}`,
  `${JSON_TYPE};q=0.8, ${BYTES}`,
  `${JSON_TYPE};q=0.8, ${BYTES};q=0.81`,
  `${JSON_TYPE};q=0, */*`,
  `text/html, ${BYTES};q=0.1`,
  `application/*;q=0.2, ${JSON_TYPE};q=0.1`,
])('%s asks for bytes', (accept) => {
  expect(wantsBytes(accept)).toBe(true);
});

test.each([
  undefined,
  '',
  '*/*',
  'application/*',
  JSON_TYPE,
  `${JSON_TYPE}, text/plain, */*`,
  `${BYTES}, ${JSON_TYPE}`,
  `${BYTES};q=0`,
  `${BYTES};q=0, */*;q=0`,
  `*/*, ${BYTES};q=0.5`,
  `${BYTES};q=0.999, ${JSON_TYPE}`,
  `${BYTES};q=2`,
  `${BYTES};q=-1`,
  `${BYTES};q=x`,
  `${BYTES};q=0.0001`,
  'application/octet-streams',
  'xapplication/octet-stream',
  'application/octet-stream/x',
  ',,,;;;q=',
  'text/html',
])('%s asks for JSON, or for nothing that there is', (accept) => {
  expect(wantsBytes(accept)).toBe(false);
});

test('a long header of ranges is read once', () => {
  expect(wantsBytes(`${'a/b;q=0.5,'.repeat(1600)}${BYTES}`)).toBe(true);
});
