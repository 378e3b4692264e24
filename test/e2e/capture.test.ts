import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Behaviour, type FakeS3, startFakeS3 } from '../support/fake-s3.ts';
import { restEvent } from '../support/lambda-events.ts';
import { readRepositoryFile } from '../support/model.ts';
import { type ServiceProcess, startProcess } from '../support/process.ts';

const cat = readRepositoryFile('examples/cat.jpg');
const espresso = readRepositoryFile('examples/espresso.webp');

let s3: FakeS3;
let directory: string;
const running: ServiceProcess[] = [];
beforeEach(async () => {
  s3 = await startFakeS3();
  directory = await mkdtemp(join(tmpdir(), 'capture-'));
});
afterEach(async () => {
  for (const { process } of running.splice(0)) process.kill('SIGKILL');
  await s3.close();
  await rm(directory, { recursive: true });
});

describe('the Lambda entry', () => {
  async function invoke(
    events: readonly unknown[],
    environment: Readonly<Record<string, string>> = s3.environment,
  ) {
    const file = join(directory, 'events.json');
    await writeFile(file, JSON.stringify(events));
    const service = startProcess(['test/e2e/invoke.ts', file], {
      AWS_LAMBDA_FUNCTION_NAME: 'classify',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '1769',
      ...environment,
    });
    running.push(service);
    expect(await service.exitCode).toBe(0);
    // The results, and the warnings of the log.
    const lines = service
      .stderr()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown> & { result?: { statusCode: number } });
    return {
      statuses: lines.flatMap(({ result }) => (result ? [result.statusCode] : [])),
      warnings: lines.filter(({ message }) => message === 'Images were not captured'),
    };
  }

  const predict = (body: Uint8Array) => restEvent({ method: 'POST', path: '/predict', body });

  test('has stored the image, with its prediction, when it returns', async () => {
    const { statuses, warnings } = await invoke([predict(cat)]);
    expect(statuses).toEqual([200]);
    expect(warnings).toEqual([]);
    const [object] = s3.objects;
    expect(object?.key).toMatch(/^captures\/\d{4}\/\d\d\/\d\d\/rest-request-id\.jpeg$/);
    expect(object?.body.equals(cat)).toBe(true);
    expect(object?.headers).toMatchObject({
      'content-type': 'image/jpeg',
      'x-amz-meta-model': 'resnet50',
      'x-amz-meta-model-version': '1.0.0',
      'x-amz-meta-top1-index': '285',
      'x-amz-meta-top1-probability': expect.stringMatching(/^0\.8\d{3}$/),
    });
  });

  test.each<[Behaviour, string]>([
    ['refuses', 'S3 answered 403 AccessDenied'],
    ['hangs', 'S3 did not answer within 1000 ms'],
  ])('answers if S3 %s, and warns once', async (behaviour, reason) => {
    s3.behaviour = behaviour;
    const { statuses, warnings } = await invoke([predict(cat), predict(espresso)]);
    expect(statuses).toEqual([200, 200]);
    expect(warnings).toMatchObject([{ level: 'WARN', failed: 1, skipped: 0, reason }]);
    const { secretAccessKey, sessionToken } = s3.settings.credentials;
    for (const secret of [secretAccessKey, sessionToken ?? '', s3.settings.endpoint ?? '']) {
      expect(JSON.stringify(warnings)).not.toContain(secret);
    }
  });

  test('sends nothing to S3 without a bucket', async () => {
    const { CAPTURE_BUCKET: _bucket, ...environment } = s3.environment;
    expect((await invoke([predict(cat)], environment)).statuses).toEqual([200]);
    expect(s3.peak()).toBe(0);
  });
});

describe('the HTTP server', () => {
  async function started() {
    const service = startProcess(['lambda/server.ts'], { PORT: '0', ...s3.environment });
    running.push(service);
    const { message } = await service.logged((line) => String(line['message']).startsWith('Ready on '));
    return { service, url: String(message).slice('Ready on '.length) };
  }

  const post = (url: string, body: Uint8Array<ArrayBuffer>) => fetch(url, { method: 'POST', body });

  test('stores the photos of many requests at once, each as it came', async () => {
    const { service, url } = await started();
    const photos = Array.from({ length: 24 }, (_, index) => (index % 2 ? cat : espresso));
    const answers = await Promise.all(photos.map((photo) => post(`${url}/predict`, photo)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    service.process.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(s3.peak()).toBeLessThanOrEqual(16);
    expect(s3.objects.length).toBeGreaterThan(0);
    for (const { key, body } of s3.objects) {
      expect(body.equals(key.endsWith('.jpeg') ? cat : espresso)).toBe(true);
    }
  });

  test('answers and stops while S3 does not answer', async () => {
    s3.behaviour = 'hangs';
    const { service, url } = await started();
    const { status } = await post(`${url}/predict`, cat);
    expect(status).toBe(200);
    service.process.kill('SIGTERM');
    expect(await service.exitCode).toBe(0);
    expect(s3.objects).toEqual([]);
  });
});
