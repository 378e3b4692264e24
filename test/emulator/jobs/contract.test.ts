import { describeJobs } from '../../support/jobs-suite.ts';
import { send } from '../support.ts';
import { createKey } from './keys.ts';

describeJobs('uploads and jobs through API Gateway, on S3 and Step Functions', async () => {
  const keys = { first: await createKey(), second: await createKey() };
  return {
    request: (path, init, caller) => {
      const { method = 'GET', body, headers } = init;
      return send(path, {
        method,
        ...(body && { body }),
        headers: Object.fromEntries(new Headers(headers)),
        key: keys[caller].value,
        redirect: 'manual',
      });
    },
    patienceMs: 60_000,
    async close() {
      await keys.first[Symbol.asyncDispose]();
      await keys.second[Symbol.asyncDispose]();
    },
  };
});
