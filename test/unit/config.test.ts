import { availableParallelism } from 'node:os';
import { describe, expect, test } from 'vitest';
import { readConfig } from '../../lambda/config.ts';

const onLambda = { AWS_LAMBDA_FUNCTION_NAME: 'classify', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769' };

describe('readConfig', () => {
  test('needs nothing on a laptop', () => {
    const config = readConfig({});
    expect(config).toMatchObject({
      stage: 'local',
      server: { host: '127.0.0.1', port: 8080 },
      limits: { maxImageBytes: 20_000_000, maxPixels: 50_000_000 },
      threads: availableParallelism(),
      url: { allowHttp: false },
      metrics: false,
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
    ['1770', 2],
    ['3538', 2],
    ['10240', 6],
  ])('%s MiB of Lambda memory buy %i threads', (memory, threads) => {
    expect(readConfig({ ...onLambda, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: memory }).threads).toBe(threads);
  });

  test.each([
    ['PORT', 'http'],
    ['PORT', '70000'],
    ['MAX_IMAGE_BYTES', '-1'],
    ['MAX_PIXELS', '1.5'],
    ['MAX_IN_FLIGHT', '0'],
    ['INTRA_OP_THREADS', 'all'],
    ['URL_ALLOW_HTTP', 'true'],
    ['URL_TIMEOUT_MS', '0'],
    ['LOG_LEVEL', 'verbose'],
    ['STAGE', 'Prod Stage'],
    ['METRICS', 'yes'],
  ])('%s=%s stops the start and is named', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrowError(
      expect.objectContaining({
        name: 'ConfigError',
        message: expect.stringMatching(new RegExp(`^Unusable settings\\. ${name}: .*got "${value}"`)),
      }),
    );
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
