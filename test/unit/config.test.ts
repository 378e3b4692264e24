import { describe, expect, test } from 'vitest';
import { availableCpus } from '../../lambda/config/available-cpus.ts';
import { ConfigError, readConfig } from '../../lambda/config.ts';

const onLambda = { AWS_LAMBDA_FUNCTION_NAME: 'classify', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769' };

describe('readConfig', () => {
  test('needs nothing on a laptop', () => {
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
    expect(config.modelDir).toMatch(/models\/resnet50$/);
  });

  test('knows what Lambda allows', () => {
    expect(readConfig(onLambda)).toMatchObject({
      limits: { maxImageBytes: 4_500_000, maxBodyBytes: 6_000_000 },
      metrics: true,
      lambda: { functionName: 'classify', memoryMiB: 1769, provisioned: false },
    });
    const provisioned = { ...onLambda, AWS_LAMBDA_INITIALIZATION_TYPE: 'provisioned-concurrency' };
    expect(readConfig(provisioned).lambda?.provisioned).toBe(true);
  });

  test.each([
    ['512', 1],
    ['1769', 1],
    ['2048', 1],
    ['2700', 2],
    ['3538', 2],
    ['10240', 6],
  ])('%s MiB of Lambda memory buy %i threads', (memory, threads) => {
    expect(readConfig({ ...onLambda, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory }).threads).toBe(threads);
  });

  const MIB = 2 ** 20;

  test.each([512, 1769, 3538])('%i MiB are divided so that the shares and the process fit in', (memory) => {
    const { budgets, limits, memoryLimitBytes } = readConfig({ MEMORY_LIMIT_MIB: String(memory) });
    const { bodyBytes, decodeBytes } = budgets.memory;
    expect(memoryLimitBytes).toBe(memory * MIB);
    expect(bodyBytes + decodeBytes + 300 * MIB).toBeLessThanOrEqual(memoryLimitBytes);
    expect(limits.maxDecodeBytes).toBeLessThan(decodeBytes);
    // While it grows for the last time, a body takes one and a half times its size, of the half of one address.
    expect(limits.maxBodyBytes * 1.5).toBeLessThanOrEqual(bodyBytes / 2);
    expect(limits.maxImageBytes).toBeLessThanOrEqual(limits.maxBodyBytes);
  });

  test('the usual limits hold where there is memory for them', () => {
    expect(readConfig({ MEMORY_LIMIT_MIB: '1769' }).limits).toMatchObject({
      maxImageBytes: 20_000_000,
      maxBodyBytes: 64_000_000,
    });
  });

  test('a body that its memory cannot hold stops the start and is named', () => {
    const read = () => readConfig({ MEMORY_LIMIT_MIB: '512', MAX_BODY_BYTES: '64000000' });
    expect(read).toThrowError(ConfigError);
    expect(read).toThrowError(
      /^Unusable settings\. MAX_BODY_BYTES: expected at most \d+, .* 512 MiB .*"64000000"/,
    );
  });

  test('one address may have all where a load balancer stands in front', () => {
    const shared = readConfig({ MEMORY_LIMIT_MIB: '1769' });
    const behind = readConfig({ MEMORY_LIMIT_MIB: '1769', MAX_ADDRESS_PERCENT: '100' });
    expect(behind.budgets.memory.maxBodyBytes).toBeGreaterThan(shared.budgets.memory.maxBodyBytes);
    expect(behind.server.addressShare).toBe(1);
  });

  test('connections follow the memory', () => {
    const connections = (memory: number) =>
      readConfig({ MEMORY_LIMIT_MIB: String(memory) }).server.maxConnections;
    expect([256, 512, 1769, 16_000].map(connections)).toEqual([64, 128, 442, 1024]);
  });

  test.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['MAX_IMAGE_BYTES', '-1'],
    ['MAX_PIXELS', '1.5'],
    ['MAX_IN_FLIGHT', '0'],
    ['INTRA_OP_THREADS', 'all'],
    ['MAX_SIDE', '0'],
    ['MAX_BATCH_PIXELS', 'x'],
    ['MEMORY_LIMIT_MIB', '128'],
    ['MAX_CONNECTIONS', '0'],
    ['MAX_ADDRESS_PERCENT', '101'],
    ['REQUEST_TIMEOUT_MS', '5'],
    ['DRAIN_NOTICE_MS', '-1'],
    ['URL_ALLOW_HTTP', 'true'],
    ['URL_TIMEOUT_MS', '0'],
    ['LOG_LEVEL', 'verbose'],
    ['STAGE', 'Prod Stage'],
    ['METRICS', 'yes'],
    ['CORS_ORIGINS', 'app.example.com'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['CORS_ORIGINS', 'https://app.example.com/path'],
    ['CORS_ORIGINS', 'https://App.example.com'],
    ['CORS_ORIGINS', 'https://app.example.com:443'],
    ['CORS_ORIGINS', 'ftp://app.example.com'],
    ['CORS_ORIGINS', 'null'],
    ['CORS_ORIGINS', 'https://*.example.com'],
    ['CORS_ORIGINS', '*,https://app.example.com'],
    ['CORS_ORIGINS', 'https://app.example.com,'],
  ])('%s=%s stops the start and is named', (name, value) => {
    const read = () => readConfig({ [name]: value });
    expect(read).toThrowError(ConfigError);
    expect(read).toThrowError(new RegExp(`^Unusable settings\\. ${name}: `));
    expect(read).toThrowError(`(got "${value}")`);
  });

  test.each([
    ['*', '*'],
    ['https://app.example.com', ['https://app.example.com']],
    ['https://a.example, http://localhost:5173', ['https://a.example', 'http://localhost:5173']],
    ['', undefined],
  ])('CORS_ORIGINS=%s', (value, origins) => {
    expect(readConfig({ CORS_ORIGINS: value }).corsOrigins).toEqual(origins);
  });

  test('all unusable settings are named at once', () => {
    expect(() => readConfig({ PORT: 'x', LOG_LEVEL: 'y' })).toThrowError(/PORT: .*; LOG_LEVEL: /);
  });

  test('an empty value means not set', () => {
    expect(readConfig({ PORT: '', STAGE: '' })).toMatchObject({ server: { port: 8080 }, stage: 'local' });
  });

  test('settings cannot be changed afterwards', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });
});
