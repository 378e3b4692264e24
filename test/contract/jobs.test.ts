import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { resultLine } from '../../lambda/http/jobs/result-line.ts';
import { testApp } from '../support/app.ts';
import { fetchNothing, folderJobs, testModels } from '../support/folder-jobs.ts';
import { describeJobs, type JobsService } from '../support/jobs-suite.ts';
import { lambdaContext, restEvent } from '../support/lambda-events.ts';
import { createMemoryCloud } from '../support/memory-cloud.ts';

async function folderService(): Promise<JobsService> {
  const { app, close } = await folderJobs();
  return {
    request: async (path, init, caller) => {
      const headers = new Headers(init.headers);
      if (caller === 'second') headers.set('x-api-key', caller);
      return app.request(path, { ...init, headers }, {});
    },
    useUrl: async (url, init) => app.request(url, init, {}),
    close,
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
  const { budgets, models } = await testModels(environment);
  const cloud = createMemoryCloud({ models, fetchUrl: fetchNothing, format: resultLine });
  const { app } = testApp({ models, budgets, jobs: async () => cloud.engine }, environment);
  const invoke = gatewayHandler(app);
  return {
    request: async (path, init, caller) => {
      const request = new Request(new URL(path, 'https://api.example'), init);
      const { pathname, searchParams } = new URL(request.url);
      const event = restEvent({
        method: request.method,
        path: pathname,
        query: Object.fromEntries(searchParams),
        headers: Object.fromEntries(request.headers),
        ...(request.body && { body: await request.bytes() }),
      });
      const identity = { apiKeyId: `${caller}-key`, sourceIp: '192.0.2.1' };
      const { statusCode, headers, body, isBase64Encoded } = await invoke(
        { ...event, requestContext: { ...event.requestContext, identity } },
        lambdaContext,
      );
      return new Response(body === '' ? null : Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'), {
        status: statusCode,
        headers: headers as Record<string, string>,
      });
    },
    useUrl: cloud.request,
    close: cloud.settle,
  };
}

describeJobs('jobs in a folder', folderService);
describeJobs('jobs in S3 and Step Functions', cloudService);
