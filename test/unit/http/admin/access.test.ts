import { describe, expect, test } from 'vitest';
import type { AdminSettings } from '../../../../lambda/config/admin.ts';
import { ServiceError } from '../../../../lambda/errors.ts';
import { accessCheck } from '../../../../lambda/http/admin/access.ts';
import { isLoopbackAddress, isLoopbackHost } from '../../../../lambda/http/admin/loopback.ts';

const TOKEN = 'correct-horse-battery-staple';
const LOCAL = '127.0.0.1';
const REMOTE = '203.0.113.7';

/** What a request is answered with, or `in`. */
function answerFor(
  settings: AdminSettings,
  { address = LOCAL, host = 'localhost:8080', httpVersion = '1.1', ...headers }: Record<string, string>,
): string {
  const caller = { address, httpVersion, host, headers: new Headers({ host, ...headers }) };
  try {
    accessCheck(settings)(caller);
    return 'in';
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    expect(JSON.stringify([error.message, error.detail, error.challenge])).not.toContain(TOKEN);
    expect(error.challenge).toBe(error.code === 'unauthorized' ? 'Bearer realm="admin"' : undefined);
    return error.code;
  }
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe.each<[audience: AdminSettings['audience'], token: string | undefined]>([
  ['loopback', undefined],
  ['loopback', TOKEN],
  ['all', undefined],
  ['all', TOKEN],
])('for %s with the token %s', (audience, token) => {
  const isLocalEnough = audience === 'all' ? token === undefined : true;
  const remote = audience === 'all' && token === undefined ? 'in' : token ? 'unauthorized' : 'forbidden';

  test.each<[what: string, request: Record<string, string>, answer: string]>([
    ['the machine itself', {}, isLocalEnough ? 'in' : 'unauthorized'],
    [
      'the machine itself over IPv6',
      { address: '::1', host: '[::1]:8080' },
      isLocalEnough ? 'in' : 'unauthorized',
    ],
    [
      'the machine itself through an IPv6 socket',
      { address: '::ffff:127.0.0.1' },
      isLocalEnough ? 'in' : 'unauthorized',
    ],
    ['another machine', { address: REMOTE }, remote],
    ['another machine that names this one', { address: REMOTE, host: '127.0.0.1' }, remote],
    ['another machine with the right token', { address: REMOTE, ...bearer(TOKEN) }, token ? 'in' : remote],
    ['another machine with a wrong token', { address: REMOTE, ...bearer('x'.repeat(28)) }, remote],
    ['a wrong token on this machine', bearer('x'.repeat(28)), token ? 'unauthorized' : 'in'],
    ['a name that resolves to this machine', { host: 'evil.example:8080' }, remote],
    ['a proxy on this machine', { 'x-forwarded-for': REMOTE }, remote],
    [
      'a proxy on this machine with the right token',
      { 'x-forwarded-for': REMOTE, ...bearer(TOKEN) },
      token ? 'in' : remote,
    ],
  ])('%s', (_what, request, answer) => {
    expect(answerFor(settings(audience, token), request)).toBe(answer);
  });
});

const settings = (audience: AdminSettings['audience'], token?: string): AdminSettings => ({
  audience,
  token,
});

describe('a proxy on this machine', () => {
  test.each([
    ['x-forwarded-for', ''],
    ['x-forwarded-for', '127.0.0.1'],
    ['X-FORWARDED-FOR', '127.0.0.1, 127.0.0.1'],
    ['x_forwarded_for', '203.0.113.7'],
    ['x-forwarded-host', 'localhost'],
    ['x-forwarded-proto', 'https'],
    ['forwarded', 'for=127.0.0.1'],
    ['x-real-ip', '127.0.0.1'],
    ['x-forwarded', 'for=127.0.0.1'],
    ['true-client-ip', '127.0.0.1'],
    ['cf-connecting-ip', '127.0.0.1'],
    ['x-client-ip', '127.0.0.1'],
    ['via', '1.1 proxy'],
    ['httpVersion', '1.0'],
  ])('is noticed by %s: %s', (name, value) => {
    expect(answerFor(settings('loopback'), { [name]: value })).toBe('forbidden');
  });
});

describe('a page of another site', () => {
  const all = settings('all');

  test.each<[headers: Record<string, string>, answer: string]>([
    [{ 'sec-fetch-site': 'same-origin' }, 'in'],
    [{ 'sec-fetch-site': 'none' }, 'in'],
    [{ origin: 'http://localhost:8080' }, 'in'],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }, 'in'],
    [
      { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
      'forbidden',
    ],
    [{ 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }, 'forbidden'],
    [{ 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' }, 'forbidden'],
    [{ origin: 'http://localhost:3000' }, 'forbidden'],
    [{ origin: 'https://evil.example' }, 'forbidden'],
    [{ origin: 'null' }, 'forbidden'],
    [{ origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }, 'forbidden'],
  ])('%j', (headers, answer) => {
    expect(answerFor(all, headers)).toBe(answer);
    const withToken = answerFor(settings('all', TOKEN), { ...headers, ...bearer(TOKEN) });
    expect(withToken, 'a token makes no difference').toBe(answer);
  });
});

describe('the token', () => {
  test.each([
    [`Bearer ${TOKEN}`, 'in'],
    [`bearer  ${TOKEN} `, 'in'],
    [`Bearer ${TOKEN}x`, 'unauthorized'],
    [`Bearer ${TOKEN.slice(0, -1)}`, 'unauthorized'],
    [`Bearer ${TOKEN.slice(1)}`, 'unauthorized'],
    [`Bearer ${TOKEN.toUpperCase()}`, 'unauthorized'],
    [`Bearer ${TOKEN}, Bearer ${TOKEN}`, 'unauthorized'],
    [`Bearer x ${TOKEN}`, 'unauthorized'],
    [`Bearer ${'x'.repeat(8000)}`, 'unauthorized'],
    ['Bearer', 'unauthorized'],
    ['Bearer ', 'unauthorized'],
    [TOKEN, 'unauthorized'],
    [`Basic ${btoa(`admin:${TOKEN}`)}`, 'unauthorized'],
    ['', 'unauthorized'],
  ])('%s', (authorization, answer) => {
    expect(answerFor(settings('all', TOKEN), { authorization })).toBe(answer);
    expect(answerFor(settings('loopback', TOKEN), { authorization, address: REMOTE })).toBe(answer);
  });
});

test('a refusal says which settings open the page', () => {
  const check = accessCheck(settings('loopback'));
  const caller = {
    address: REMOTE,
    httpVersion: '1.1',
    host: 'service.example',
    headers: new Headers({ host: 'service.example' }),
  };
  expect(() => check(caller)).toThrowError(/another one\. .*ADMIN_TOKEN.*ADMIN=on/);
});

test.each([
  ['127.0.0.1', true],
  ['127.255.255.254', true],
  ['::1', true],
  ['::ffff:127.0.0.1', true],
  ['::ffff:7f00:1', true],
  ['128.0.0.1', false],
  ['::ffff:10.0.0.1', false],
  ['172.17.0.1', false],
  ['::', false],
  ['0.0.0.0', false],
  ['127.0.0.1.evil.example', false],
  ['', false],
  [undefined, false],
])('the address %s is on this machine: %s', (address, expected) => {
  expect(isLoopbackAddress(address)).toBe(expected);
});

test.each([
  ['localhost', true],
  ['LocalHost:8080', true],
  ['127.0.0.1:80', true],
  ['127.9.9.9', true],
  ['[::1]:8080', true],
  ['localhost.evil.example', false],
  ['evil.example', false],
  ['evil-localhost', false],
  ['127.0.0.1.nip.io', false],
  ['127.0.0.1@evil.example', false],
  ['localhost:8080:evil', false],
  ['localhost, evil.example', false],
  ['localhost.', false],
  ['128.0.0.1', false],
  ['0.0.0.0', false],
  ['[::]', false],
  ['2130706433', false],
  ['', false],
  [undefined, false],
])('the host %s names this machine: %s', (host, expected) => {
  expect(isLoopbackHost(host)).toBe(expected);
});
