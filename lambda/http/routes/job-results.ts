import { createRoute, z } from '@hono/zod-openapi';
import type { Gate } from '../../budget/gate.ts';
import type { Config } from '../../config.ts';
import { bodySource } from '../body/source.ts';
import type { OpenEngine } from '../jobs/engine.ts';
import { jobIdOfPath } from '../jobs/job-id.ts';
import { NDJSON, resultsResponse } from '../jobs/results-response.ts';
import { answers } from '../openapi/examples.ts';
import { jobResultsProblems, requestIdHeader } from '../openapi/responses.ts';
import { guarded } from '../openapi/security.ts';
import { partText } from '../options/values.ts';
import { ownerOfRequest } from '../owner.ts';
import { jobId } from '../schemas/job-inputs.ts';
import type { RouteHandler } from '../serve-route.ts';

const asLines = (results: object): string =>
  Object.values(results)
    .map((result) => `${JSON.stringify(result)}\n`)
    .join('');

export const jobResultsRoute = createRoute({
  method: 'get',
  path: '/jobs/{job_id}/results',
  operationId: 'jobResults',
  tags: ['Uploads and jobs'],
  summary: 'Get the results of a job',
  description:
    'One line of JSON for each input, in the order of the inputs: its classes or its problem. The schema `JobResult` ' +
    'describes a line. Deployments on AWS redirect to a file in S3. Let your client follow the redirect without its ' +
    'credentials: S3 refuses an `Authorization` header, and should not see a key.',
  security: guarded,
  request: {
    params: z.object({ job_id: jobId.openapi({ param: { name: 'job_id', in: 'path' } }) }),
    query: z.strictObject({
      part: partText.openapi({
        param: { name: 'part', in: 'query' },
        type: 'integer',
        minimum: 1,
        description:
          'Which part of the results, 1 if it is left out. `results.parts` of the job says how many there are.',
      }),
    }),
  },
  responses: {
    200: {
      description: 'The results, in order.',
      headers: requestIdHeader,
      content: {
        [NDJSON]: { schema: z.string(), example: asLines(answers.jobResults) },
      },
    },
    303: {
      description: 'The results are at another URL, which needs no credentials.',
      headers: {
        ...requestIdHeader,
        Location: { description: 'Where the results are.', schema: { type: 'string' as const } },
        Link: {
          description: 'The next part, if there is one: `<…?part=2>; rel="next"`.',
          schema: { type: 'string' as const },
        },
      },
    },
    ...jobResultsProblems,
  },
});

export const jobResultsHandler =
  (
    openEngine: OpenEngine,
    { auth }: Pick<Config, 'auth'>,
    gate: Gate,
  ): RouteHandler<typeof jobResultsRoute> =>
  async (c, { part = 1 }) => {
    const { jobs } = await openEngine();
    const results = await jobs.results(ownerOfRequest(c, auth), jobIdOfPath(c), part);
    const { owner, signal } = bodySource(c);
    const { method, signal: client } = c.req.raw;
    const { startStream } = c.env;
    return resultsResponse(results, gate, { isHead: method === 'HEAD', owner, signal, client, startStream });
  };
