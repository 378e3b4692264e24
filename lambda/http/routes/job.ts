import { createRoute, z } from '@hono/zod-openapi';
import type { Config } from '../../config.ts';
import { baseUrlOf } from '../jobs/base-url.ts';
import type { OpenEngine } from '../jobs/engine.ts';
import { jobAnswer } from '../jobs/job-answer.ts';
import { jobIdOfPath } from '../jobs/job-id.ts';
import { jobProblems, json, retryAfterHeader } from '../openapi/responses.ts';
import { guarded } from '../openapi/security.ts';
import { ownerOfRequest } from '../owner.ts';
import { jobId } from '../schemas/job-inputs.ts';
import { job } from '../schemas/jobs.ts';
import type { RouteHandler } from '../serve-route.ts';

const params = z.object({ job_id: jobId.openapi({ param: { name: 'job_id', in: 'path' } }) });

export const jobRoute = createRoute({
  method: 'get',
  path: '/jobs/{job_id}',
  operationId: 'job',
  tags: ['Uploads and jobs'],
  summary: 'Get the state of a job',
  security: guarded,
  request: { params },
  responses: {
    200: json(job, 'The job. While it runs, Retry-After says when to ask again.', 'job', retryAfterHeader),
    ...jobProblems,
  },
});

export const jobHandler =
  (openEngine: OpenEngine, config: Pick<Config, 'auth' | 'jobs'>): RouteHandler<typeof jobRoute> =>
  async (c) => {
    const { jobs } = await openEngine();
    return jobAnswer(
      c,
      await jobs.find(ownerOfRequest(c, config.auth), jobIdOfPath(c), baseUrlOf(c, config)),
    );
  };

export const cancelJobRoute = createRoute({
  method: 'delete',
  path: '/jobs/{job_id}',
  operationId: 'cancelJob',
  tags: ['Uploads and jobs'],
  summary: 'Cancel a job',
  description: 'The results of the inputs that were done can be read. A job that has ended stays as it is.',
  security: guarded,
  request: { params },
  responses: { 200: json(job, 'The job.', 'cancelJob'), ...jobProblems },
});

export const cancelJobHandler =
  (openEngine: OpenEngine, config: Pick<Config, 'auth' | 'jobs'>): RouteHandler<typeof cancelJobRoute> =>
  async (c) => {
    const { jobs } = await openEngine();
    return jobAnswer(
      c,
      await jobs.cancel(ownerOfRequest(c, config.auth), jobIdOfPath(c), baseUrlOf(c, config)),
    );
  };
