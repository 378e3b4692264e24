import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJobApi } from '../../../../../scripts/lib/classify/remote/api.ts';
import { NO_CREDENTIALS } from '../../../../../scripts/lib/credentials/credentials.ts';
import { type FakeAnswer, problem, startFakeJobs } from '../../../../support/fake-jobs.ts';

let service: Awaited<ReturnType<typeof startFakeJobs>>;
let answer: FakeAnswer | undefined;
beforeEach(async () => {
  answer = undefined;
  service = await startFakeJobs(() => answer);
});
afterEach(() => service.stop());

const connect = (stage?: string) =>
  createJobApi(
    { url: service.url, credentials: NO_CREDENTIALS, stage },
    { stop: new AbortController().signal, maxTries: 1 },
  );

describe('a refusal', () => {
  it.each(['forbidden', 'not_found'] as const)(
    'of uploads with %s names the setting of the stage that switches them on',
    async (code) => {
      answer = problem(code);
      await expect(connect('prod').createUpload(1)).rejects.toThrow(
        /uploads and jobs are off in this stage: the setting jobs of stages\.prod in cdk\.json/,
      );
      await expect(connect('prod').job('job_1')).rejects.not.toThrow(/cdk\.json/);
    },
  );

  it('has the problem of the service, or only the status if something else has answered', async () => {
    answer = problem('image_too_large');
    await expect(connect().createUpload(1)).rejects.toMatchObject({
      code: 'image_too_large',
      status: 413,
      problem: { code: 'image_too_large', detail: 'Because the test says so.' },
    });
    answer = { status: 418, body: '<html>' };
    await expect(connect().createUpload(1)).rejects.toMatchObject({ code: undefined, status: 418 });
  });
});

it('refuses answers that are not those of the service', async () => {
  answer = { status: 200, body: { upload_id: 'x' } };
  await expect(connect().createUpload(1)).rejects.toThrow(
    /expected an answer of this service, got something else/,
  );
});
