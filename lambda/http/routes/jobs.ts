import { createRoute, z } from '@hono/zod-openapi';
import type { Gate } from '../../budget/gate.ts';
import type { Config } from '../../config.ts';
import { type Models, modelChoice } from '../../prediction/models.ts';
import { withManyStrings } from '../body/json/many-strings.ts';
import { bodySource } from '../body/source.ts';
import { chosenAccess, chosenModel } from '../chosen-model.ts';
import { baseUrlOf } from '../jobs/base-url.ts';
import type { OpenEngine } from '../jobs/engine.ts';
import { idempotencyKeyIn, MAX_KEY_CHARACTERS } from '../jobs/idempotency-key.ts';
import { jobAnswer } from '../jobs/job-answer.ts';
import { jobSource, SOURCE_FIELDS } from '../jobs/job-source.ts';
import { createJobProblems, json, retryAfterHeader } from '../openapi/responses.ts';
import { guarded } from '../openapi/security.ts';
import { classifyOptions } from '../options/prediction.ts';
import { ownerOfRequest } from '../owner.ts';
import { job, jobBody, jobOptions } from '../schemas/jobs.ts';
import type { RouteHandler } from '../serve-route.ts';
import { validate } from '../validate.ts';

/** A thousand URLs of 2048 characters, with room for the JSON around them. */
const MAX_BYTES = 2_500_000;

/** A request that works in /docs as it is. Generated from the schema, it would have both `inputs` and `source`. */
const EXAMPLE = { inputs: [{ url: 'https://example.com/cat.jpg' }], top_k: 3 };

const headers = z.object({
  'Idempotency-Key': z
    .string()
    .min(1)
    .max(MAX_KEY_CHARACTERS)
    .optional()
    .openapi({
      param: { name: 'Idempotency-Key', in: 'header' },
      description:
        'Chosen by the client, such as a UUID. The same key with the same request gives the same job, so a request can be ' +
        'sent again after a failure.',
    }),
});

export const createJobRoute = createRoute({
  method: 'post',
  path: '/jobs',
  operationId: 'createJob',
  tags: ['Uploads and jobs'],
  summary: 'Start to classify many images',
  description:
    'Send up to 1000 `inputs`, or a `source` with any number of them. Ask GET /jobs/{job_id} for the state of the job, or ' +
    'let `webhook` tell you its end.',
  security: guarded,
  request: {
    headers,
    body: { required: true, content: { 'application/json': { schema: jobBody, example: EXAMPLE } } },
  },
  responses: {
    202: json(job, 'The job. It is stored, and survives a crash of the service.', 'createJob', {
      Location: {
        description: 'The path of the job, relative to the URL of this request.',
        schema: { type: 'string' as const },
      },
      ...retryAfterHeader,
    }),
    ...createJobProblems,
  },
});

export function createJobHandler(
  openEngine: OpenEngine,
  models: Models,
  config: Pick<Config, 'auth' | 'jobs'>,
  gate: Gate,
): RouteHandler<typeof createJobRoute> {
  return async (c) => {
    const { jobs } = await openEngine();
    const owner = ownerOfRequest(c, config.auth);
    const key = idempotencyKeyIn(c.req.raw.headers);
    const source = bodySource(c);
    return withManyStrings(source, { gate, maxBytes: MAX_BYTES }, async (fields) => {
      const { inputs: _inputs, source: _source, ...others } = fields;
      const { model: choice, webhook, ...inBody } = validate(jobOptions, others, 'body', SOURCE_FIELDS);
      const inputs = jobSource(fields);
      const options = classifyOptions({}, inBody);
      if (options.explain > 0) await chosenModel(c, models, { model: choice }, ['features']);
      const model = choice && modelChoice(await (await chosenAccess(c, models, choice)).identify());
      const created = await jobs.create(
        owner,
        { source: inputs, options, model, webhook },
        key,
        baseUrlOf(c, config),
        source.owner,
      );
      c.header('location', `jobs/${created.id}`);
      return jobAnswer(c, created);
    });
  };
}
