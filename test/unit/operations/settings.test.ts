import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { readHookSettings, readProbeSettings } from '../../../lambda/operations/settings.ts';

const TARGET_FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:classify:7';

describe('readHookSettings', () => {
  test('needs only the target', async () => {
    const settings = readHookSettings({ TARGET_FUNCTION });
    expect(settings).toMatchObject({ target: TARGET_FUNCTION, expectedVersion: undefined });
    expect(settings.expectedClasses, 'an Egyptian cat').toContain('n02124075');
    expect((await readFile(settings.photo)).subarray(0, 3)).toEqual(Buffer.from([0xff, 0xd8, 0xff]));
  });

  test.each(['classify:live', 'arn:aws-cn:lambda:cn-north-1:123456789012:function:classify:live'])(
    'accepts %s',
    (target) => {
      expect(readHookSettings({ TARGET_FUNCTION: target })).toMatchObject({
        target,
        functionName: 'classify',
      });
    },
  );

  test('takes acceptable classes by their WordNet ids and their labels', () => {
    const classes = ['n02123045', 'tabby, tabby cat'];
    const EXPECTED_CLASSES = JSON.stringify(classes);
    expect(readHookSettings({ TARGET_FUNCTION, EXPECTED_CLASSES }).expectedClasses).toEqual(classes);
  });

  test.each([
    ['TARGET_FUNCTION', 'classify'],
    ['TARGET_FUNCTION', 'arn:aws:lambda:eu-central-1:123456789012:function:classify'],
    ['TARGET_FUNCTION', 'https://example.com/:7'],
    ['EXPECTED_VERSION', 'live'],
    ['EXPECTED_CLASSES', 'Egyptian cat'],
    ['EXPECTED_CLASSES', '[]'],
    ['EXPECTED_CLASSES', '[1]'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => readHookSettings({ TARGET_FUNCTION, [name]: value })).toThrowError(
      expect.objectContaining({
        name: 'ConfigError',
        message: expect.toSatisfy(
          (message: string) =>
            message.startsWith(`Invalid settings:\n  ${name}: expected `) &&
            message.endsWith(`, got "${value}"`),
        ),
      }),
    );
  });

  test('names the setting that is misspelled', () => {
    expect(() => readHookSettings({ TARGET_FUNCTION, EXPECTED_CLASES: '["n02124075"]' })).toThrowError(
      'EXPECTED_CLASES is not a setting of the service; did you mean EXPECTED_CLASSES?',
    );
  });

  test('names the target when it is missing', () => {
    expect(() => readHookSettings({})).toThrowError(
      'Invalid settings:\n  TARGET_FUNCTION: expected a value, got none',
    );
  });
});

describe('readProbeSettings', () => {
  test.each(['https://abc.execute-api.eu-central-1.amazonaws.com/prod', 'http://localhost:4566/prod/'])(
    'accepts %s, with or without a final slash',
    (API_URL) => {
      const settings = readProbeSettings({ API_URL, STAGE: 'prod', PROBE_TIMEOUT_MS: '1500' });
      expect(settings).toMatchObject({ stage: 'prod', timeoutMs: 1500 });
      expect(new URL('ready', settings.apiUrl).pathname).toBe('/prod/ready');
    },
  );

  test.each([
    ['API_URL', 'abc.execute-api.eu-central-1.amazonaws.com'],
    ['API_URL', 'ftp://example.com/'],
    ['PROBE_TIMEOUT_MS', '0'],
    ['STAGE', 'Prod'],
  ])('refuses %s=%s', (name, value) => {
    expect(() => readProbeSettings({ API_URL: 'https://a.example/', [name]: value })).toThrowError(
      new RegExp(`^Invalid settings:\\n {2}${name}: expected .*, got "${value}"$`),
    );
  });
});
