import { describe, expect, it } from 'vitest';
import { allowedSources } from '../../../lambda/config/jobs.ts';
import { readConfig, repositoryPath } from '../../../lambda/config.ts';

const SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
const OTHER = `whsec_${Buffer.alloc(64, 2).toString('base64')}`;
const onLambda = { AWS_LAMBDA_FUNCTION_NAME: 'classifier' };
const cloud = {
  ...onLambda,
  JOBS_BUCKET: 'jobs-bucket',
  JOBS_STATE_MACHINE_ARN: 'arn:aws:states:eu-west-1:123456789012:stateMachine:jobs',
  JOBS_ID_SALT: '0b0c3f5e',
};

describe('the settings of jobs', () => {
  it('are those of a folder on an HTTP server, with defaults', () => {
    expect(readConfig({}).jobs).toEqual({
      kind: 'folder',
      folder: repositoryPath('.data'),
      maxFolderBytes: 2048 * 2 ** 20,
      maxJobs: 1000,
      addressShare: 0.5,
      keepDays: 7,
      maxUploadBytes: 20_000_000,
      webhookSecrets: undefined,
      publicUrl: undefined,
    });
  });

  it('are off where somebody turns them off, and on Lambda without a bucket', () => {
    expect(readConfig({ JOBS: 'off' }).jobs).toBeUndefined();
    expect(readConfig({ ...cloud, JOBS: 'off' }).jobs).toBeUndefined();
    expect(readConfig(onLambda).jobs).toBeUndefined();
  });

  it('are those of a bucket and a state machine on Lambda', () => {
    expect(readConfig({ ...cloud, JOBS_SOURCES: 'photos/2026/,archive' }).jobs).toMatchObject({
      kind: 'cloud',
      bucket: 'jobs-bucket',
      sources: [
        { bucket: 'photos', prefix: '2026/' },
        { bucket: 'archive', prefix: '' },
      ],
    });
  });

  it('name what Lambda lacks', () => {
    expect(() => readConfig({ ...onLambda, JOBS: 'on' })).toThrow(
      /JOBS_BUCKET: .*\n?.*JOBS_STATE_MACHINE_ARN: .*\n?.*JOBS_ID_SALT: /s,
    );
    expect(() => readConfig({ ...cloud, JOBS_ID_SALT: undefined })).toThrow(
      /^(?!.*JOBS_BUCKET).*JOBS_ID_SALT/s,
    );
  });

  it('take one secret for webhooks, or two during a rotation', () => {
    expect(readConfig({ WEBHOOK_SECRET: SECRET }).jobs).toMatchObject({ webhookSecrets: [SECRET] });
    expect(readConfig({ WEBHOOK_SECRET: `${SECRET} ${OTHER}` }).jobs).toMatchObject({
      webhookSecrets: [SECRET, OTHER],
    });
  });

  it.each([
    'secret',
    SECRET.slice('whsec_'.length),
    `whsec_${Buffer.alloc(23).toString('base64')}`,
    `whsec_${Buffer.alloc(65).toString('base64')}`,
    `whsec_${Buffer.alloc(32).toString('base64').replace('=', '')}`,
    `whsec_${Buffer.alloc(32).toString('base64')}=`,
    `whsec_${Buffer.alloc(33, 255).toString('base64url')}`,
    `${SECRET}  ${OTHER}`,
    [SECRET, OTHER, SECRET].join(' '),
  ])('refuse the secret %j, without repeating it', (secret) => {
    const start = () => readConfig({ WEBHOOK_SECRET: secret });
    expect(start).toThrow('WEBHOOK_SECRET: expected whsec_ and 24 to 64 bytes in base64');
    expect(start).not.toThrow(secret);
  });

  it('end the public URL with a slash', () => {
    const urlOf = (PUBLIC_URL: string) => readConfig({ PUBLIC_URL }).jobs;
    expect(urlOf('https://photos.example.com')).toMatchObject({ publicUrl: 'https://photos.example.com/' });
    expect(urlOf('http://10.0.0.1:8080/api/')).toMatchObject({ publicUrl: 'http://10.0.0.1:8080/api/' });
  });

  it.each([
    'photos.example.com',
    'ftp://example.com/',
    'https://example.com/?a=1',
    'https://me@example.com/',
  ])('refuse the public URL %s', (PUBLIC_URL) => {
    expect(() => readConfig({ PUBLIC_URL })).toThrow('PUBLIC_URL: expected an http or https URL');
  });
});

describe('the allowed sources', () => {
  it('are none without a setting', () => {
    expect(allowedSources(undefined)).toEqual([]);
    expect(allowedSources('')).toEqual([]);
  });
});
