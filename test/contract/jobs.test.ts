import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBudgets } from '../../lambda/budget/budgets.ts';
import { readConfig } from '../../lambda/config.ts';
import { createUrlFetcher } from '../../lambda/fetch/fetch.ts';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { resultLine } from '../../lambda/http/jobs/result-line.ts';
import { openFolderEngine } from '../../lambda/jobs/folder/folder-engine.ts';
import { checkWebhookUrl } from '../../lambda/jobs/webhook/url.ts';
import { createModels } from '../../lambda/prediction/models.ts';
import { createPredictionQueue } from '../../lambda/prediction/predictor.ts';
import { loadedSource } from '../../scripts/lib/model/loaded-source.ts';
import { testApp } from '../support/app.ts';
import { describeJobs, type JobsService } from '../support/jobs-suite.ts';
import { lambdaContext, restEvent } from '../support/lambda-events.ts';
import { createMemoryCloud } from '../support/memory-cloud.ts';
import { fakeClassifier } from '../support/model.ts';

/** It resolves nothing, so it reaches nothing. */
const fetchUrl = createUrlFetcher(
  {
    accept: 'image/*',
    allowHttp: false,
    maxBytes: 20_000_000,
    maxRedirects: 0,
    totalTimeoutMs: 1000,
    idleTimeoutMs: 1000,
  },
  { resolve: async () => [] },
);

function modelsOf(environment: Record<string, string>) {
  const config = readConfig({ MODELS: 'resnet50', ...environment });
  const budgets = createBudgets(config.budgets);
  const models = createModels([loadedSource(Promise.resolve(fakeClassifier()))], {
    config,
    budgets,
    queue: createPredictionQueue(),
  });
  return { config, budgets, models };
}

async function folderService(): Promise<JobsService> {
  const folder = await mkdtemp(join(tmpdir(), 'jobs-contract-'));
  const environment = { DATA_DIR: folder };
  const { config, budgets, models } = modelsOf(environment);
  await models.default.load();
  if (config.jobs?.kind !== 'folder') throw new Error('expected the settings of a folder');
  const engine = await openFolderEngine({
    settings: config.jobs,
    models,
    budgets,
    fetchUrl,
    maxImageBytes: 20_000_000,
    format: resultLine,
    webhooks: {
      check: (url) => checkWebhookUrl(url, { allowHttp: false }),
      send: () => Promise.reject(new Error('this test sends nothing')),
    },
    onProblem: (reason) => {
      throw new Error(reason);
    },
    onResume: () => {},
  });
  const { app } = testApp({ models, budgets, jobs: async () => engine }, environment);
  return {
    request: async (path, init, caller) => {
      const headers = new Headers(init.headers);
      if (caller === 'second') headers.set('x-api-key', caller);
      return app.request(path, { ...init, headers }, {});
    },
    useUrl: async (url, init) => app.request(url, init, {}),
    close: async () => {
      await engine.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function cloudService(): Promise<JobsService> {
  const environment = {
    AWS_LAMBDA_FUNCTION_NAME: 'classifier',
    AUTH: 'api-key',
    JOBS_BUCKET: 'jobs-bucket',
    JOBS_STATE_MACHINE_ARN: 'arn:aws:states:eu-central-1:123456789012:stateMachine:jobs',
    JOBS_ID_SALT: 'a salt',
  };
  const { budgets, models } = modelsOf(environment);
  await models.default.load();
  const cloud = createMemoryCloud({ models, fetchUrl, format: resultLine });
  const { app } = testApp({ models, budgets, jobs: async () => cloud.engine }, environment);
  const invoke = gatewayHandler(app);
  return {
    request: async (path, init, caller) => {
      const { pathname, searchParams } = new URL(path, 'https://api.example');
      const request = new Request(new URL(path, 'https://api.example'), init);
      const event = restEvent({
        method: request.method,
        path: pathname,
        query: Object.fromEntries(searchParams),
        headers: Object.fromEntries(request.headers),
        ...(request.body && { body: await request.bytes() }),
      });
      const identity = { apiKeyId: `${caller}-key`, sourceIp: '192.0.2.1' };
      const result = await invoke(
        { ...event, requestContext: { ...event.requestContext, identity } },
        lambdaContext,
      );
      const { statusCode: status, headers, body, isBase64Encoded } = result;
      return new Response(body === '' ? null : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'), {
        status,
        headers: headers as Record<string, string>,
      });
    },
    useUrl: cloud.request,
    close: cloud.settle,
  };
}

describeJobs('jobs in a folder', folderService);
describeJobs('jobs in S3 and Step Functions', cloudService);
