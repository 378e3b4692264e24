import { z } from '@hono/zod-openapi';
import { ERROR_KINDS } from '../errors.ts';
import { openEnum } from './openapi/open-enum.ts';

export const requestId = z
  .string()
  .openapi({ description: 'Also in the header X-Request-Id. Quote it when you report a problem.' });

const fieldError = z
  .object({
    field: z.string().openapi({ description: 'Where it is in the request.', example: 'query.top_k' }),
    message: z.string().openapi({ description: 'What was expected of it.' }),
  })
  .openapi('FieldError');

const status = z.number().int().min(400).max(599).openapi({ description: 'The HTTP status.' });

const problemFields = {
  type: z.string().openapi({
    description: 'Identifies the kind of problem: a name, not an address.',
    example: 'urn:problem-type:image-classification:invalid_image',
  }),
  title: z.string().openapi({ description: 'The kind of problem in words.' }),
  status,
  detail: z.string().openapi({ description: 'What was expected and what came, for people to read.' }),
  code: openEnum(
    Object.keys(ERROR_KINDS),
    'The kind of problem, for programs. An open enum: a code never changes its meaning, but a minor version of the API ' +
      'may add codes. Treat a code that you do not know by its status.',
  ),
  fields: z
    .array(fieldError)
    .optional()
    .openapi({ description: 'The parts of the request that are wrong, where they are known.' }),
};

export const problem = z
  .object({
    ...problemFields,
    status: status.optional().openapi({
      description:
        'The HTTP status. Missing only if API Gateway sends the problem because the service crashed or could not be called.',
    }),
    request_id: requestId,
  })
  .openapi('Problem', { description: 'RFC 9457 problem details of a request.' });

export const problemDetails = z
  .object(problemFields)
  .openapi('ProblemDetails', { description: 'RFC 9457 problem details of one image in a batch.' });
