import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../lambda/config.ts';
import { type RunningServer, startServer } from '../../lambda/http/server/server.ts';
import { loadClassifier } from '../../lambda/model/classifier.ts';
import { NO_CREDENTIALS } from '../../scripts/lib/credentials/credentials.ts';
import { hasFailed } from '../../scripts/lib/findings/report.ts';
import { smoke } from '../../scripts/lib/smoke/smoke.ts';
import { freePort } from '../../scripts/lib/system/free-port.ts';
import { testApp } from '../support/app.ts';
import { fakeClassifier, MODEL_DIR } from '../support/model.ts';

const run = promisify(execFile);
const anywhere = readConfig({ PORT: '0' }).server;
const classifier = loadClassifier(MODEL_DIR, { threads: 1 });
const wrongModel = Promise.resolve(fakeClassifier());

let service: RunningServer;
let mistaken: RunningServer;
beforeAll(async () => {
  // A service is ready once its model is loaded.
  await classifier;
  service = await startServer(testApp({ classifier }).app, anywhere);
  mistaken = await startServer(testApp({ classifier: wrongModel }).app, anywhere);
});
afterAll(() => Promise.all([service.drain({ noticeMs: 0 }), mistaken.drain({ noticeMs: 0 })]));

describe('the smoke test', () => {
  it('passes on the real service', async () => {
    const findings = await smoke({ url: service.url, credentials: NO_CREDENTIALS });
    expect(findings.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'health: ok',
      'ready: ok',
      'model: ok',
      'predict: ok',
      'batch: ok',
      'refusal: ok',
    ]);
    expect(findings.find(({ name }) => name === 'predict')?.found).toMatch(
      /^the photo shows Egyptian cat, 0\.8/,
    );
  });

  it('fails if the model does not see a cat', async () => {
    const findings = await smoke({ url: mistaken.url, credentials: NO_CREDENTIALS });
    const wrong = expect.stringContaining('expected one of the classes n02123045');
    expect(findings.filter(({ status }) => status === 'fail')).toEqual([
      expect.objectContaining({ name: 'predict', found: wrong }),
      expect.objectContaining({ name: 'batch', found: wrong }),
    ]);
  });

  it('is a command that exits with 0, or with 1 if nothing answers', async () => {
    const { stdout } = await run(process.execPath, ['scripts/smoke.ts', '--url', service.url]);
    expect(stdout.split('\n').filter((line) => line.startsWith('ok'))).toHaveLength(6);

    const nowhere = `http://127.0.0.1:${await freePort()}`;
    const failed = await run(process.execPath, ['scripts/smoke.ts', '--url', nowhere, '--json']).catch(
      (error: { code: number; stdout: string }) => error,
    );
    expect(failed).toMatchObject({ code: 1 });
    expect(hasFailed(JSON.parse(failed.stdout))).toBe(true);
  });

  it.each([
    [[], 'Expected --url or --stage, got neither'],
    [['--url', 'ftp://x'], '--url: expected an http or https URL, got ftp://x'],
    [['--stage', 'prd'], '--stage: expected one of local, dev, staging, prod, got prd'],
  ])('says what is wrong with %j', async (args, message) => {
    const error = await run(process.execPath, ['scripts/smoke.ts', ...args]).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ stderr: expect.stringContaining(message) });
  });
});
