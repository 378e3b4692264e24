import { describe, expect, test } from 'vitest';
import { availableCpus } from '../../lambda/config/available-cpus.ts';
import { ConfigError } from '../../lambda/config/parse.ts';
import { connectionsFor, readConfig } from '../../lambda/config.ts';

const onLambda = { AWS_LAMBDA_FUNCTION_NAME: 'classify', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769' };

describe('readConfig', () => {
  test('needs no settings on a laptop', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      stage: 'local',
      server: { host: '127.0.0.1', port: 8080 },
      limits: { maxImageBytes: 20_000_000, maxPixels: 50_000_000 },
      threads: Math.max(1, Math.round(availableCpus())),
      vcpus: availableCpus(),
      url: { allowHttp: false },
      metrics: false,
      corsOrigins: undefined,
      lambda: undefined,
    });
    expect(config.models[0]).toMatch(/models\/resnet50$/);
  });

  test('keeps to the payload limit of Lambda', () => {
    expect(readConfig(onLambda)).toMatchObject({
      limits: { maxImageBytes: 4_500_000, maxBodyBytes: 6_000_000 },
      metrics: true,
      lambda: {
        functionName: 'classify',
        memoryMiB: 1769,
        provisioned: false,
        initialisedAhead: false,
      },
    });
    const lambdaWith = (type: string) =>
      readConfig({ ...onLambda, AWS_LAMBDA_INITIALIZATION_TYPE: type }).lambda;
    expect(lambdaWith('provisioned-concurrency')).toMatchObject({
      provisioned: true,
      initialisedAhead: true,
    });
    expect(lambdaWith('snap-start')).toMatchObject({ provisioned: false, initialisedAhead: true });
  });

  test.each([
    ['512', 1],
    ['1769', 1],
    ['2048', 1],
    ['2700', 2],
    ['3538', 2],
    ['10240', 6],
  ])('a Lambda function with %s MiB of memory gets %i threads', (memory, threads) => {
    expect(readConfig({ ...onLambda, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory }).threads).toBe(threads);
  });

  const MIB = 2 ** 20;

  test.each([512, 1769, 3538])('the budgets and the process fit into %i MiB', (memory) => {
    const { budgets, limits, memoryLimitBytes } = readConfig({ MEMORY_LIMIT_MIB: String(memory) });
    const { bodyBytes, decodeBytes } = budgets.memory;
    expect(memoryLimitBytes).toBe(memory * MIB);
    expect(bodyBytes + decodeBytes + 300 * MIB).toBeLessThanOrEqual(memoryLimitBytes);
    expect(limits.maxDecodeBytes).toBeLessThan(decodeBytes);
    // While a body grows for the last time, it takes one and a half times its size, and one address gets
    // half.
    expect(limits.maxBodyBytes * 1.5).toBeLessThanOrEqual(bodyBytes / 2);
    expect(limits.maxImageBytes).toBeLessThanOrEqual(limits.maxBodyBytes);
  });

  test('the usual limits apply if there is enough memory', () => {
    expect(readConfig({ MEMORY_LIMIT_MIB: '1769' }).limits).toMatchObject({
      maxImageBytes: 20_000_000,
      maxBodyBytes: 64_000_000,
    });
  });

  test('limits that do not fit into the memory are refused, all in one error', () => {
    const read = () =>
      readConfig({ MEMORY_LIMIT_MIB: '512', MAX_IMAGE_BYTES: '60000000', MAX_BODY_BYTES: '64000000' });
    expect(read).toThrowError(ConfigError);
    expect(read).toThrowError(
      /^Invalid settings:\n {2}MAX_IMAGE_BYTES: expected at most \d+ bytes, .* 512 MiB .*got "60000000"\n {2}MAX_BODY_BYTES: .*got "64000000"$/,
    );
  });

  test('behind a load balancer one address may take everything', () => {
    const shared = readConfig({ MEMORY_LIMIT_MIB: '1769' });
    const behind = readConfig({ MEMORY_LIMIT_MIB: '1769', MAX_ADDRESS_PERCENT: '100' });
    expect(behind.budgets.memory.maxBodyBytes).toBeGreaterThan(shared.budgets.memory.maxBodyBytes);
    expect(behind.server.addressShare).toBe(1);
  });

  test('the limit of connections grows with the memory', () => {
    const connections = (memory: number) =>
      readConfig({ MEMORY_LIMIT_MIB: String(memory) }).server.maxConnections;
    expect([256, 512, 1769, 16_000].map(connections)).toEqual([64, 128, 442, 1024]);
  });

  test('the limit of connections leaves open files for uploads and for the process', () => {
    const GIB = 2 ** 30;
    expect([undefined, 1_000_000, 1024, 256, 64].map((files) => connectionsFor(4 * GIB, files))).toEqual([
      1024, 1024, 448, 64, 16,
    ]);
  });

  const ORIGINS =
    'expected *, or origins such as https://app.example.com, in lower case, without a path, separated by commas';

  const BUCKET = 'expected the name of an S3 bucket: 3 to 63 lower-case letters, digits and hyphens';
  const PERCENTAGE = 'expected a percentage from 0.01 to 100';

  test.each([
    [{}, { audience: 'loopback', token: undefined }],
    [{ ADMIN: 'on' }, { audience: 'all', token: undefined }],
    [{ ADMIN_TOKEN: 'sixteen-letters.' }, { audience: 'loopback', token: 'sixteen-letters.' }],
    [{ ADMIN: 'off', ADMIN_TOKEN: 'sixteen-letters.' }, undefined],
    [onLambda, undefined],
    [{ ...onLambda, ADMIN: 'off', ADMIN_TOKEN: 'sixteen-letters.' }, undefined],
  ])('%j decides who sees the metrics', (environment, admin) => {
    expect(readConfig(environment).admin).toEqual(admin);
  });

  test.each(['loopback', 'on'])('ADMIN=%s is refused on Lambda', (ADMIN) => {
    expect(() => readConfig({ ...onLambda, ADMIN })).toThrowError(
      `Invalid settings:\n  ADMIN: expected off on Lambda, whose metrics are in CloudWatch, got "${ADMIN}"`,
    );
  });

  test('ADMIN=on with an empty ADMIN_TOKEN is refused: an unset variable must not open the metrics', () => {
    expect(() => readConfig({ ADMIN: 'on', ADMIN_TOKEN: '' })).toThrowError(
      'ADMIN_TOKEN: expected 16 to 256 visible ASCII characters with ADMIN=on, got none. Unset it to let everybody in',
    );
    expect(readConfig({ ADMIN_TOKEN: '' }).admin).toEqual({ audience: 'loopback', token: undefined });
  });

  test.each(['too-short-secret', 'secret with spaces in it', 'sécret-sécret-sécret', 's'.repeat(257)])(
    'a wrong ADMIN_TOKEN is refused without showing it: %s',
    (token) => {
      const ADMIN_TOKEN = token.startsWith('too-short') ? token.slice(0, 15) : token;
      expect(() => readConfig({ ADMIN_TOKEN })).toThrowError(
        'Invalid settings:\n  ADMIN_TOKEN: expected 16 to 256 visible ASCII characters without spaces, ' +
          `got ${ADMIN_TOKEN.length} characters`,
      );
    },
  );

  test.each([
    ['PORT', 'http', 'expected a whole number from 0 to 65535'],
    ['PORT', '70000', 'expected a whole number from 0 to 65535'],
    ['PORT', '0x50', 'expected a whole number from 0 to 65535'],
    ['PORT', '1e3', 'expected a whole number from 0 to 65535'],
    ['PORT', '+80', 'expected a whole number from 0 to 65535'],
    ['PORT', ' 8080', 'expected a whole number from 0 to 65535'],
    ['PORT', '80.0', 'expected a whole number from 0 to 65535'],
    ['MAX_IMAGE_BYTES', '20MB', 'expected a whole number of bytes from 1 to 100000000'],
    ['MAX_IMAGE_BYTES', '-1.5', 'expected a whole number of bytes from 1 to 100000000'],
    ['MAX_BODY_BYTES', '1e300', 'expected a whole number of bytes from 1 to 1000000000'],
    ['MAX_PIXELS', '1.5', 'expected a whole number of pixels from 1 to 268000000'],
    ['MAX_PIXELS', 'NaN', 'expected a whole number of pixels from 1 to 268000000'],
    ['MAX_PIXELS', 'Infinity', 'expected a whole number of pixels from 1 to 268000000'],
    ['MAX_BATCH_PIXELS', 'x', 'expected a whole number of pixels from 1 to 2000000000'],
    ['MAX_SIDE', '0', 'expected a whole number of pixels from 1 to 1000000'],
    ['MAX_IN_FLIGHT', '0', 'expected a whole number of images from 1 to 10000'],
    ['INTRA_OP_THREADS', 'all', 'expected a whole number of threads from 1 to 256'],
    ['MEMORY_LIMIT_MIB', '128', 'expected a whole number of MiB from 256 to 1048576'],
    ['MAX_CONNECTIONS', '0', 'expected a whole number of connections from 1 to 65535'],
    ['MAX_ADDRESS_PERCENT', '101', 'expected a whole number of percent from 1 to 100'],
    ['REQUEST_TIMEOUT_MS', '5', 'expected a whole number of milliseconds from 100 to 600000'],
    ['DRAIN_NOTICE_MS', '-1', 'expected a whole number of milliseconds from 0 to 300000'],
    ['URL_TIMEOUT_MS', '0', 'expected a whole number of milliseconds from 1 to 60000'],
    ['URL_IDLE_TIMEOUT_MS', '5s', 'expected a whole number of milliseconds from 1 to 60000'],
    ['AWS_LAMBDA_FUNCTION_MEMORY_SIZE', 'big', 'expected a whole number of MiB from 128 to 32768'],
    ['URL_ALLOW_HTTP', 'true', 'expected on or off'],
    ['METRICS', 'yes', 'expected on or off'],
    ['ADMIN', 'yes', 'expected off, loopback, or on'],
    ['LOG_LEVEL', 'verbose', 'expected DEBUG, INFO, WARN, ERROR, or SILENT'],
    ['STAGE', 'Prod Stage', 'expected a short lower-case name such as prod'],
    ['CAPTURE_BUCKET', 'My.Bucket', BUCKET],
    ['CAPTURE_BUCKET', 'ab', BUCKET],
    ['CAPTURE_BUCKET', 's3://captures', BUCKET],
    ['CAPTURE_PERCENT', '0', PERCENTAGE],
    ['CAPTURE_PERCENT', '100.1', PERCENTAGE],
    ['CAPTURE_PERCENT', '1e1', PERCENTAGE],
    ['CAPTURE_PERCENT', '5%', PERCENTAGE],
    ['CORS_ORIGINS', 'app.example.com', ORIGINS],
    ['CORS_ORIGINS', 'https://app.example.com/', ORIGINS],
    ['CORS_ORIGINS', 'https://app.example.com/path', ORIGINS],
    ['CORS_ORIGINS', 'https://App.example.com', ORIGINS],
    ['CORS_ORIGINS', 'https://app.example.com:443', ORIGINS],
    ['CORS_ORIGINS', 'ftp://app.example.com', ORIGINS],
    ['CORS_ORIGINS', 'null', ORIGINS],
    ['CORS_ORIGINS', 'https://*.example.com', ORIGINS],
    ['CORS_ORIGINS', '*,https://app.example.com', ORIGINS],
    ['CORS_ORIGINS', 'https://app.example.com,', ORIGINS],
  ])('%s=%s is refused in our own words', (name, value, expected) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrowError(ConfigError);
    expect(read).toThrowError(
      expect.objectContaining({ message: `Invalid settings:\n  ${name}: ${expected}, got "${value}"` }),
    );
  });

  test.each([
    ['*', '*'],
    ['https://app.example.com', ['https://app.example.com']],
    ['https://a.example, http://localhost:5173', ['https://a.example', 'http://localhost:5173']],
    ['', undefined],
  ])('CORS_ORIGINS=%s', (value, origins) => {
    expect(readConfig({ CORS_ORIGINS: value }).corsOrigins).toEqual(origins);
  });

  const aws = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'id',
    AWS_SECRET_ACCESS_KEY: 'key',
    AWS_SESSION_TOKEN: 'token',
  };

  test('captures nothing without a bucket, even if a share is set', () => {
    expect(readConfig({ ...aws, CAPTURE_PERCENT: '50' }).capture).toBeUndefined();
  });

  test('captures one image in a hundred if only a bucket is set', () => {
    expect(readConfig({ ...aws, CAPTURE_BUCKET: 'captures' }).capture).toEqual({
      bucket: 'captures',
      share: 0.01,
      region: 'eu-central-1',
      endpoint: undefined,
      credentials: { accessKeyId: 'id', secretAccessKey: 'key', sessionToken: 'token' },
    });
    expect(
      readConfig({ ...aws, CAPTURE_BUCKET: 'captures', CAPTURE_PERCENT: '0.05' }).capture?.share,
    ).toBeCloseTo(0.0005);
  });

  test('a bucket needs a region and credentials', () => {
    const { AWS_REGION: _region, AWS_SECRET_ACCESS_KEY: _key, ...rest } = aws;
    expect(() => readConfig({ ...rest, CAPTURE_BUCKET: 'captures' })).toThrowError(
      /^Invalid settings:\n {2}AWS_REGION: expected a value, because CAPTURE_BUCKET is set, got none\n {2}AWS_SECRET_ACCESS_KEY: expected a value, because CAPTURE_BUCKET is set, got none$/,
    );
  });

  test.each(['s3.example.com', 'ftp://s3.example.com'])('AWS_ENDPOINT_URL_S3=%s is refused', (endpoint) => {
    const settings = { ...aws, AWS_ENDPOINT_URL_S3: endpoint };
    expect(() => readConfig({ ...settings, CAPTURE_BUCKET: 'captures' })).toThrowError(
      `Invalid settings:\n  AWS_ENDPOINT_URL_S3: expected an http or https URL, got "${endpoint}"`,
    );
    expect(() => readConfig(settings), 'nothing reads it').not.toThrow();
  });

  test('every invalid setting has its own line', () => {
    expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'y', MAX_PIXEL: '5' })).toThrowError(
      /^Invalid settings:\n {2}PORT: .*\n {2}LOG_LEVEL: .*\n {2}MAX_PIXEL is not a setting of the service; did you mean MAX_PIXELS\?$/,
    );
  });

  test('variables that others read are ignored', () => {
    expect(readConfig({ PATH: '/bin', PORTS: '80', npm_config_loglevel: 'warn' })).toEqual(readConfig({}));
  });

  test('an empty value means not set', () => {
    expect(readConfig({ PORT: '', STAGE: '' })).toMatchObject({ server: { port: 8080 }, stage: 'local' });
  });

  test('settings cannot be changed afterwards', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });
});
