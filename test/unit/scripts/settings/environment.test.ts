import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { parseEnvironment } from '../../../../bench/lib/subjects/image-environment.ts';
import { environmentSchema } from '../../../../lambda/config/environment.ts';
import { readConfig } from '../../../../lambda/config.ts';
import { envExample } from '../../../../scripts/lib/settings/env-example.ts';
import { variableTopics } from '../../../../scripts/lib/settings/variables.ts';
import { readRepositoryFile } from '../../../support/model.ts';

const variables = variableTopics().flatMap((topic) => topic.variables);
const onLambda = { AWS_LAMBDA_FUNCTION_NAME: 'classify', AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769' };

describe('the notes on the variables', () => {
  test('are about every variable of the service, once', () => {
    expect(variables.map(({ name }) => name).sort()).toEqual(Object.keys(environmentSchema.shape).sort());
  });

  test.each(variables)(
    '$name: the service accepts the example, and a secret has none',
    ({ name, example }) => {
      const isSecret = /TOKEN|SECRET|ACCESS_KEY/.test(name);
      expect(example === '').toBe(isSecret);
      if (!isSecret) expect(environmentSchema.shape[name].safeParse(example).error).toBeUndefined();
    },
  );

  test('say what the container image sets', () => {
    const set = parseEnvironment(Buffer.from(readRepositoryFile('Dockerfile')).toString());
    const noted = variables.flatMap(({ name, image }) => (image === undefined ? [] : [[name, image]]));
    const ofTheService = Object.entries(set).filter(([name]) => name in environmentSchema.shape);
    expect(Object.fromEntries(noted)).toEqual(Object.fromEntries(ofTheService));
  });

  test('have the defaults of readConfig that depend on where the service runs', () => {
    const defaults = (name: string) => variables.find((variable) => variable.name === name);
    const server = readConfig({ MEMORY_LIMIT_MIB: '1769' }).limits;
    const lambda = readConfig(onLambda).limits;
    expect(defaults('MAX_IMAGE_BYTES')?.unset).toContain(`${server.maxImageBytes};`);
    expect(defaults('MAX_BODY_BYTES')?.unset).toContain(`${server.maxBodyBytes};`);
    expect(defaults('MAX_IMAGE_BYTES')?.lambda).toBe(String(lambda.maxImageBytes));
    expect(defaults('MAX_BODY_BYTES')?.lambda).toBe(String(lambda.maxBodyBytes));
  });
});

describe('.env.example', () => {
  const example = envExample();
  /** What a reader gets who removes the # in front of all variables. */
  const uncommented = parseEnv(example.replaceAll(/^# (?=[A-Z0-9_]+=)/gm, ''));

  test('sets nothing as it is', () => {
    expect(parseEnv(example)).toEqual({});
  });

  test('has all variables of the HTTP server, and none that the stage, Lambda or the image sets', () => {
    const isSet = (name: string) => /^(JOBS_|AWS_LAMBDA_|SERVICE_COMMIT$)/.test(name);
    expect(Object.keys(uncommented).sort()).toEqual(
      Object.keys(environmentSchema.shape)
        .filter((name) => !isSet(name))
        .sort(),
    );
  });

  test('has values that the service starts with', () => {
    expect(() =>
      readConfig({ ...uncommented, AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' }),
    ).not.toThrow();
  });

  test('has the defaults of the variables that have one', () => {
    const defaults = variables.filter(({ fallback }) => fallback !== undefined).map(({ name }) => name);
    const set = Object.fromEntries(defaults.map((name) => [name, uncommented[name]]));
    expect(defaults).toContain('PORT');
    expect(readConfig(set)).toEqual(readConfig({}));
  });
});
