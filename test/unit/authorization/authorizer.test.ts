import { createHmac } from 'node:crypto';
import { exportSPKI } from 'jose';
import { describe, expect, test, vi } from 'vitest';
import { createAuthorizer } from '../../../lambda/authorization/authorizer.ts';
import { issuerKeys } from '../../../lambda/authorization/issuer.ts';
import { createLogger } from '../../../lambda/telemetry/powertools.ts';
import { AUDIENCE, handmade, ISSUER, testIssuer } from './issuer.ts';

const METHOD_ARN = 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/prod/POST/predict';
const STAGE_ARN = 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3/prod/*';

async function setUp({ scopes = ['predict'], timeoutMs = 1000, issuer = ISSUER } = {}) {
  const idp = await testIssuer();
  const logger = createLogger();
  const lines: string[] = [];
  for (const level of ['info', 'error'] as const) {
    vi.spyOn(logger, level).mockImplementation((...entry) => lines.push(JSON.stringify(entry)));
  }
  const authorize = createAuthorizer({
    settings: { issuer, audiences: [AUDIENCE, 'another'], scopes, stage: 'test' },
    keys: issuerKeys({ issuer, timeoutMs, fetch: idp.fetch }),
    logger,
  });
  const send = (header: string) =>
    authorize({ type: 'TOKEN', authorizationToken: header, methodArn: METHOD_ARN });
  /** `Allow`, `Deny`, or the error that API Gateway would see. */
  const outcome = async (token: string) =>
    send(`Bearer ${token}`).then(
      ({ policyDocument }) => policyDocument.Statement[0]?.Effect,
      (error: Error) => error.message,
    );
  return { ...idp, send, outcome, lines };
}

const FAILED = 'The token could not be checked';

describe('a valid token', () => {
  test('may call every method of the stage, because API Gateway caches the policy for the token', async () => {
    const { send, token } = await setUp();
    expect(await send(`Bearer ${await token()}`)).toEqual({
      principalId: 'client-1',
      policyDocument: {
        Version: '2012-10-17',
        Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: STAGE_ARN }],
      },
    });
  });

  test('is accepted with any spelling of the scheme', async () => {
    const { send, token } = await setUp();
    await expect(send(`bearer ${await token()}`)).resolves.toBeDefined();
  });

  test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('may be signed with %s', async (alg) => {
    const { rotate, outcome, token } = await setUp();
    await rotate('another', alg);
    expect(await outcome(await token())).toBe('Allow');
  });

  test.each([
    ['one of several audiences', { aud: ['https://other.example.com', 'another'] }],
    ['the scope in an array, as of Okta', { scope: undefined, scp: ['other', 'predict'] }],
    ['the scope in a text, as of Entra', { scope: undefined, scp: 'other predict' }],
    [
      'the scope in its roles, as Entra’s tokens for programs',
      { scope: undefined, roles: ['other', 'predict'] },
    ],
    [
      'a client instead of an audience, as of Cognito',
      { aud: undefined, client_id: 'another', token_use: 'access' },
    ],
    ['a clock that is 3 s ahead', { nbf: Math.floor(Date.now() / 1000) + 3 }],
  ])('may have %s', async (_, claims) => {
    const { outcome, token } = await setUp();
    expect(await outcome(await token(claims))).toBe('Allow');
  });

  test('names its client if it has no subject', async () => {
    const { send, token } = await setUp();
    const principals = [{ client_id: 'app' }, { azp: 'app' }, { cid: 'app' }, {}].map(async (claims) =>
      send(`Bearer ${await token({ sub: undefined, ...claims })}`),
    );
    expect((await Promise.all(principals)).map(({ principalId }) => principalId)).toEqual([
      'app',
      'app',
      'app',
      'unknown',
    ]);
    // It would end up in a line of JSON.
    const { principalId } = await send(`Bearer ${await token({ sub: 'a","status":"500' })}`);
    expect(principalId).toBe('unknown');
  });

  test('costs no second request to the issuer', async () => {
    const { outcome, token, requests } = await setUp();
    await outcome(await token());
    await outcome(await token({ sub: 'client-2' }));
    expect(requests).toHaveLength(2);
  });
});

describe('a token without the scope', () => {
  test('is denied', async () => {
    const { outcome, token } = await setUp();
    expect(await outcome(await token({ scope: 'read' }))).toBe('Deny');
    expect(await outcome(await token({ scope: undefined }))).toBe('Deny');
    expect(await outcome(await token({ scope: { predict: true } }))).toBe('Deny');
    expect(await outcome(await token({ scope: 'predictions' }))).toBe('Deny');
    // The role of a user does not extend what the program was granted.
    expect(await outcome(await token({ scope: 'read', roles: ['predict'] }))).toBe('Deny');
    expect(await outcome(await token({ scope: undefined, scp: [], roles: ['predict'] }))).toBe('Deny');
  });

  test('is allowed where no scope is required', async () => {
    const { outcome, token } = await setUp({ scopes: [] });
    expect(await outcome(await token({ scope: undefined }))).toBe('Allow');
  });
});

describe('a token is refused with 401', () => {
  const seconds = (offset: number) => Math.floor(Date.now() / 1000) + offset;

  test.each([
    ['it has expired', { exp: seconds(-10) }],
    ['it never expires', { exp: undefined }],
    ['it is not valid yet', { nbf: seconds(60) }],
    ['it is of another issuer', { iss: 'https://login.example.com/another' }],
    ['its issuer has another final slash', { iss: `${ISSUER}/` }],
    ['it has no issuer', { iss: undefined }],
    ['it is for another audience', { aud: 'api://billing' }],
    ['its audience only begins like ours', { aud: `${AUDIENCE}/v2` }],
    ['it has no audience', { aud: undefined }],
    ['it is an ID token of a client', { aud: undefined, client_id: 'another', token_use: 'id' }],
    ['its audience is no text', { aud: { 0: AUDIENCE } }],
    ['its time of expiry is a text', { exp: String(seconds(300)) }],
  ])('if %s', async (_, claims) => {
    const { outcome, token } = await setUp();
    expect(await outcome(await token(claims))).toBe('Unauthorized');
  });

  test('if it is huge, although its signature is valid', async () => {
    const { outcome, token } = await setUp();
    const scope = (length: number) => `predict ${'a'.repeat(length)}`;
    expect(await outcome(await token({ scope: scope(5000) }))).toBe('Allow');
    expect(await outcome(await token({ scope: scope(6000) }))).toBe('Unauthorized');
  });

  test('if another key signed it', async () => {
    const { outcome, token } = await setUp();
    const impostor = await testIssuer({ impostor: true });
    expect(await outcome(await impostor.token())).toBe('Unauthorized');
    const [header, , signature] = (await token()).split('.');
    const [, payload] = (await token({ scope: 'predict admin' })).split('.');
    expect(await outcome(`${header}.${payload}.${signature}`)).toBe('Unauthorized');
  });

  test('if nobody signed it', async () => {
    const { outcome, claims, requests } = await setUp();
    expect(await outcome(handmade({ alg: 'none' }, claims()))).toBe('Unauthorized');
    expect(await outcome(handmade({ alg: 'none', kid: 'first' }, claims(), 'c2ln'))).toBe('Unauthorized');
    expect(requests).toEqual([]);
  });

  test('if the public key is its shared secret', async () => {
    const { outcome, claims, keys } = await setUp();
    const [key] = keys;
    if (!key) throw new Error('expected a key, got none');
    const secrets = [await exportSPKI(key.publicKey), JSON.stringify(key.jwk), String(key.jwk.n)];
    for (const secret of secrets) {
      const unsigned = handmade({ alg: 'HS256', kid: 'first' }, claims()).slice(0, -1);
      const signature = createHmac('sha256', secret).update(unsigned).digest('base64url');
      expect(await outcome(`${unsigned}.${signature}`)).toBe('Unauthorized');
    }
  });

  test('if it brings its own key', async () => {
    const { outcome } = await setUp();
    const impostor = await testIssuer({ impostor: true });
    const { jwk } = impostor.keys[0] ?? {};
    const token = await impostor.token({}, { kid: 'theirs', ...{ jwk, jku: 'https://evil.example.com' } });
    expect(await outcome(token)).toBe('Unauthorized');
  });

  test('if it names an unknown key, and the issuer is asked again at most once in 30 seconds', async () => {
    const { outcome, token, requests } = await setUp();
    expect(await outcome(await token())).toBe('Allow');
    for (const kid of ['a', 'b', 'c']) expect(await outcome(await token({}, { kid }))).toBe('Unauthorized');
    expect(requests).toHaveLength(2);
  });

  test.each([
    ['nothing', ''],
    ['another scheme', 'Basic dXNlcjpwYXNz'],
    ['no token', 'Bearer '],
    ['two tokens', 'Bearer a.b.c d.e.f'],
    ['no JWT', 'Bearer abc'],
    ['broken parts', 'Bearer a.b.c'],
    ['an encrypted token', `Bearer ${handmade({ alg: 'dir', enc: 'A256GCM' }, {})}.a.b`],
    ['a payload that is no object', `Bearer ${handmade({ alg: 'RS256', kid: 'first' }, [1])}`],
  ])('if the header has %s', async (_, header) => {
    const { send } = await setUp();
    await expect(send(header)).rejects.toThrow(/^Unauthorized$/);
  });
});

describe('an issuer', () => {
  test('that rotates its keys needs no deployment', async () => {
    const { outcome, token, rotate } = await setUp();
    vi.useFakeTimers({ toFake: ['Date'] });
    expect(await outcome(await token())).toBe('Allow');
    await rotate('second');
    vi.setSystemTime(Date.now() + 31_000);
    expect(await outcome(await token())).toBe('Allow');
    vi.useRealTimers();
  });

  test.each([
    ['is down', async () => Promise.reject(new TypeError('fetch failed'))],
    ['answers with an error', async () => new Response('busy', { status: 503 })],
    ['answers with a page', async () => new Response('<html>')],
    ['answers with other JSON', async () => Response.json({ issuer: ISSUER })],
  ])('that %s is our failure, not the token’s, and gets another try', async (_, answer) => {
    const { documents, outcome, token, lines } = await setUp();
    vi.useFakeTimers({ toFake: ['Date'] });
    documents.answer = answer;
    expect(await outcome(await token())).toBe(FAILED);
    expect(lines.join()).toContain('"outcome":"failed"');
    documents.answer = undefined;
    vi.setSystemTime(Date.now() + 2000);
    expect(await outcome(await token())).toBe('Allow');
    vi.useRealTimers();
  });

  test('that fails is not asked again for each of many tokens', async () => {
    const { documents, outcome, token, requests } = await setUp();
    documents.answer = async () => new Response('too many requests', { status: 429 });
    for (let sent = 0; sent < 10; sent += 1) expect(await outcome(await token())).toBe(FAILED);
    expect(requests).toHaveLength(1);
  });

  test.each([
    ['discovery', 0],
    ['keys', 1],
  ])('whose %s document has no end is given up after 1 MiB', async (_, endless) => {
    const { documents, outcome, token, requests } = await setUp();
    let sent = 0;
    const spaces = new Uint8Array(65_536).fill(32);
    const body = () =>
      new ReadableStream({
        pull(controller) {
          sent += spaces.byteLength;
          controller.enqueue(spaces);
        },
      });
    documents.answer = async () =>
      requests.length > endless ? new Response(body()) : Response.json(documents.discovery);
    expect(await outcome(await token())).toBe(FAILED);
    expect(sent).toBeGreaterThan(1024 * 1024);
    expect(sent).toBeLessThan(2 * 1024 * 1024);
  });

  test('that calls itself something very long does not fill the log', async () => {
    const { documents, fetch } = await testIssuer();
    documents.discovery = { issuer: 'x'.repeat(500_000), jwks_uri: 'https://keys.example.com/tenant/keys' };
    const keys = issuerKeys({ issuer: ISSUER, fetch });
    const find = async () => keys({ alg: 'RS256' }, { payload: '', signature: '' });
    const error: unknown = await find().catch((reason: unknown) => reason);
    expect(String(error)).toContain('xxx');
    expect(String(error).length).toBeLessThan(1000);
  });

  test('that does not answer in time is our failure', async () => {
    const { documents, outcome, token } = await setUp({ timeoutMs: 20 });
    documents.answer = (_url, signal) =>
      new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason as Error)));
    expect(await outcome(await token())).toBe(FAILED);
  });

  test('whose keys cannot be read any more keeps those that are still good', async () => {
    const { documents, outcome, token } = await setUp();
    vi.useFakeTimers({ toFake: ['Date'] });
    expect(await outcome(await token())).toBe('Allow');
    documents.answer = async () => new Response('busy', { status: 503 });
    vi.setSystemTime(Date.now() + 31_000);
    expect(await outcome(await token({}, { kid: 'unknown' }))).toBe(FAILED);
    expect(await outcome(await token())).toBe('Allow');
    vi.useRealTimers();
  });

  test('must be the one of its discovery document', async () => {
    const { documents, outcome, token, requests } = await setUp();
    documents.discovery = { issuer: 'https://evil.example.com', jwks_uri: 'https://evil.example.com/keys' };
    expect(await outcome(await token())).toBe(FAILED);
    expect(requests).toEqual([`${ISSUER}/.well-known/openid-configuration`]);
  });

  test('must have its keys behind TLS', async () => {
    const { documents, outcome, token } = await setUp();
    documents.discovery = { issuer: ISSUER, jwks_uri: 'http://keys.example.com/tenant/keys' };
    expect(await outcome(await token())).toBe(FAILED);
  });

  test('with a final slash has its document without a second one', async () => {
    const { documents, outcome, token, requests } = await setUp({ issuer: `${ISSUER}/` });
    documents.discovery = { issuer: `${ISSUER}/`, jwks_uri: 'https://keys.example.com/tenant/keys' };
    expect(await outcome(await token({ iss: `${ISSUER}/` }))).toBe('Allow');
    expect(requests[0]).toBe(`${ISSUER}/.well-known/openid-configuration`);
  });
});

describe('the log', () => {
  test('has no part of a token', async () => {
    const { outcome, token, lines, documents } = await setUp();
    const tokens = [
      await token(),
      await token({ scope: 'read' }),
      await token({ iss: 'https://secret.example.com', aud: 'secret-audience' }),
      await token({ exp: 1 }),
      await token({}, { kid: 'secret-key' }),
    ];
    for (const one of tokens) await outcome(one);
    documents.answer = async () => Promise.reject(new TypeError('fetch failed'));
    await outcome(await token());
    expect(lines.length).toBeGreaterThanOrEqual(tokens.length);
    for (const part of [...tokens.flatMap((one) => one.split('.').slice(1)), 'secret', 'client-1']) {
      expect(lines.join('\n')).not.toContain(part);
    }
    expect(lines.join('\n')).toContain('ERR_JWT_EXPIRED: exp');
  });
});
