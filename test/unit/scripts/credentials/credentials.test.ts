import { inspect } from 'node:util';
import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { UsageError } from '../../../../scripts/lib/command/usage-error.ts';
import {
  apiKey,
  awsSignature,
  bearerToken,
  type Credentials,
  NO_CREDENTIALS,
} from '../../../../scripts/lib/credentials/credentials.ts';
import { credentialsOf } from '../../../../scripts/lib/credentials/of-stack.ts';
import { readCredentials, requireCredentials } from '../../../../scripts/lib/credentials/options.ts';
import { verifySigV4 } from '../../../support/sigv4.ts';

const URL_OF_API = 'https://abc123.execute-api.eu-central-1.amazonaws.com/prod/';
const SECRET = 's3cr3t-s3cr3t-s3cr3t';
const body = Uint8Array.from([0, 255, 216, 0, 13, 10]);

async function headersOf(credentials: Credentials, url = `${URL_OF_API}predict`) {
  const request = { method: 'POST', url: new URL(url), headers: new Headers({ accept: 'text/plain' }), body };
  return Object.fromEntries(await credentials.authorize(request));
}

afterEach(() => vi.unstubAllEnvs());

describe("the tests' own check of signatures", () => {
  const SUITE_SECRET = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
  const signed = (names: string, signature: string) =>
    `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=${names}, Signature=${signature}`;

  // From AWS's Signature Version 4 test suite (aws-sig-v4-test-suite), by the names of its cases.
  const cases = [
    {
      name: 'get-vanilla',
      method: 'GET',
      path: '/',
      headers: {},
      text: '',
      names: 'host;x-amz-date',
      signature: '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
    },
    {
      name: 'get-vanilla-query-order-key-case',
      method: 'GET',
      path: '/?Param2=value2&Param1=value1',
      headers: {},
      text: '',
      names: 'host;x-amz-date',
      signature: 'b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500',
    },
    {
      name: 'post-x-www-form-urlencoded',
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      text: 'Param1=value1',
      names: 'content-type;host;x-amz-date',
      signature: 'ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a',
    },
  ];

  it.each(cases)('agrees with AWS: $name', ({ method, path, headers, text, names, signature }) => {
    const request = {
      method,
      url: new URL(path, 'https://example.amazonaws.com'),
      headers: {
        ...headers,
        'x-amz-date': '20150830T123600Z',
        authorization: signed(names, signature),
      },
      body: new TextEncoder().encode(text),
    };
    expect(verifySigV4(request, SUITE_SECRET)).toEqual({
      accessKeyId: 'AKIDEXAMPLE',
      date: '20150830',
      region: 'us-east-1',
      service: 'service',
    });
    expect(() => verifySigV4({ ...request, body }, SUITE_SECRET)).toThrow(/expected the signature/);
    expect(() => verifySigV4(request, 'another')).toThrow(/expected the signature/);
  });
});

describe('credentials', () => {
  const identity = {
    credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: SECRET }),
    region: 'eu-central-1',
  };

  it('may be none', async () => {
    expect(await headersOf(NO_CREDENTIALS)).toEqual({ accept: 'text/plain' });
  });

  it('may be a key, in a header', async () => {
    expect(await headersOf(apiKey('key', 'API_KEY'))).toEqual({ accept: 'text/plain', 'x-api-key': 'key' });
  });

  it('may be a token, in a header', async () => {
    expect(await headersOf(bearerToken('a.b.c', 'API_TOKEN'))).toEqual({
      accept: 'text/plain',
      authorization: 'Bearer a.b.c',
    });
  });

  it.each(['predict', 'predict/batch', 'predict?top_k=3'])(
    'may be a signature, which covers the address and the body: %s',
    async (path) => {
      const url = `${URL_OF_API}${path}`;
      const headers = await headersOf(awsSignature(identity), url);
      const request = { method: 'POST', url: new URL(url), headers, body };
      expect(verifySigV4(request, SECRET)).toMatchObject({
        accessKeyId: 'AKIDEXAMPLE',
        region: 'eu-central-1',
        service: 'execute-api',
      });
      expect(() => verifySigV4({ ...request, body: body.subarray(1) }, SECRET)).toThrow();
      expect(() => verifySigV4({ ...request, url: new URL(`${url}x`) }, SECRET)).toThrow();
    },
  );

  it('a signature with temporary credentials covers the session token', async () => {
    const temporary = { ...(await identity.credentials()), sessionToken: 'session/token==' };
    const headers = await headersOf(awsSignature({ ...identity, credentials: async () => temporary }));
    expect(headers).toMatchObject({ 'x-amz-security-token': 'session/token==' });
    const request = { method: 'POST', url: new URL(`${URL_OF_API}predict`), body };
    expect(verifySigV4({ ...request, headers }, SECRET)).toBeDefined();
    const stripped = { ...headers, 'x-amz-security-token': '' };
    expect(() => verifySigV4({ ...request, headers: stripped }, SECRET)).toThrow();
  });

  it.each([
    ['a key', () => apiKey(SECRET, 'API_KEY')],
    ['a token', () => bearerToken(SECRET, 'API_TOKEN')],
    ['a signature', () => awsSignature(identity)],
  ])('%s cannot be printed', (_what, make) => {
    const credentials = make();
    expect(inspect(credentials, { depth: null, showHidden: true })).not.toContain(SECRET);
    expect(JSON.stringify(credentials)).not.toContain(SECRET);
  });

  it.each([
    [apiKey, 'API_KEY: expected an API key without spaces and line breaks, got something else'],
    [bearerToken, 'API_TOKEN: expected a bearer token without spaces and line breaks, got something else'],
  ])('are refused if a header cannot hold them, without being repeated', (make, message) => {
    const [source = ''] = message.split(':');
    for (const bad of ['', `${SECRET}\n`, `two ${SECRET}`, `${SECRET}ü`]) {
      expect(() => make(bad, source)).toThrow(new Error(message));
    }
  });
});

describe('the credentials for a stage', () => {
  const gateway = new APIGatewayClient({ region: 'eu-central-1' });
  const mock = mockClient(gateway);
  const of = (auth: 'off' | 'api-key' | 'iam' | 'jwt') =>
    credentialsOf({ auth, apiKeyId: auth === 'api-key' ? 'key-id' : undefined, apiUrl: URL_OF_API }, gateway);

  it('are none if the stage requires none', async () => {
    expect(await of('off')).toBe(NO_CREDENTIALS);
  });

  it("are the stage's own key", async () => {
    mock.on(GetApiKeyCommand, { apiKey: 'key-id', includeValue: true }).resolves({ value: 'key' });
    expect(await headersOf(await of('api-key'))).toMatchObject({ 'x-api-key': 'key' });
    mock.on(GetApiKeyCommand).resolves({});
    await expect(of('api-key')).rejects.toThrow('The API key key-id: expected an API key');
  });

  it('are the AWS credentials of this machine, for the region of the API', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
    vi.stubEnv('AWS_SESSION_TOKEN', undefined);
    vi.stubEnv('AWS_PROFILE', undefined);
    vi.stubEnv('AWS_REGION', 'us-east-1');
    const headers = await headersOf(await of('iam'));
    const request = { method: 'POST', url: new URL(`${URL_OF_API}predict`), headers, body };
    expect(verifySigV4(request, SECRET)).toMatchObject({
      accessKeyId: 'AKIDEXAMPLE',
      region: 'eu-central-1',
    });
  });

  it('are the token in API_TOKEN, or none', async () => {
    vi.stubEnv('API_TOKEN', 'a.b.c');
    expect(await headersOf(await of('jwt'))).toMatchObject({ authorization: 'Bearer a.b.c' });
    vi.stubEnv('API_TOKEN', '');
    expect(await of('jwt')).toBe(NO_CREDENTIALS);
  });
});

describe('the options of a command', () => {
  const read = (auth?: 'api-key' | 'iam' | 'jwt', key?: string) =>
    readCredentials({ auth, 'api-key': key }, 'https://api.example.com/');

  it('choose none, a key from the command line, or what the environment has', async () => {
    vi.stubEnv('API_KEY', 'from-environment');
    vi.stubEnv('API_TOKEN', 'a.b.c');
    expect(await read()).toBe(NO_CREDENTIALS);
    expect(await headersOf(await read(undefined, 'key'))).toMatchObject({ 'x-api-key': 'key' });
    expect(await headersOf(await read('api-key', 'key'))).toMatchObject({ 'x-api-key': 'key' });
    expect(await headersOf(await read('api-key'))).toMatchObject({ 'x-api-key': 'from-environment' });
    expect(await headersOf(await read('jwt'))).toMatchObject({ authorization: 'Bearer a.b.c' });
  });

  it('sign for the region of the settings if the URL has none', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', SECRET);
    vi.stubEnv('AWS_PROFILE', undefined);
    vi.stubEnv('AWS_REGION', 'eu-west-3');
    const { authorization } = await headersOf(await read('iam'));
    expect(authorization).toContain('/eu-west-3/execute-api/');
  });

  it('must not contradict each other', async () => {
    await expect(read('jwt', 'key')).rejects.toThrow(
      new UsageError('--api-key: expected only with --auth api-key, got --auth jwt'),
    );
  });

  it('need what they name in the environment', async () => {
    vi.stubEnv('API_KEY', '');
    vi.stubEnv('API_TOKEN', '');
    for (const [auth, variable] of [
      ['api-key', 'API_KEY'],
      ['jwt', 'API_TOKEN'],
    ] as const) {
      const credentials = await read(auth);
      expect(() => requireCredentials(auth, credentials)).toThrow(
        new UsageError(`--auth ${auth}: expected ${variable} in the environment, got none`),
      );
    }
    expect(() => requireCredentials(undefined, NO_CREDENTIALS)).not.toThrow();
  });
});
