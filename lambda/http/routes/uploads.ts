import { createRoute } from '@hono/zod-openapi';
import type { Gate } from '../../budget/gate.ts';
import type { Config } from '../../config.ts';
import { ServiceError } from '../../errors.ts';
import { readSmallObject } from '../body/json/small-object.ts';
import { bodySource } from '../body/source.ts';
import { baseUrlOf } from '../jobs/base-url.ts';
import type { OpenEngine } from '../jobs/engine.ts';
import { MANIFEST_TYPE, MAX_MANIFEST_BYTES, maxUploadBytes } from '../jobs/upload-limits.ts';
import { createUploadProblems, json } from '../openapi/responses.ts';
import { guarded } from '../openapi/security.ts';
import { ownerOfRequest } from '../owner.ts';
import { DEFAULT_CONTENT_TYPE, upload, uploadBody } from '../schemas/uploads.ts';
import type { RouteHandler } from '../serve-route.ts';
import { validate } from '../validate.ts';

const EXAMPLE = { bytes: 7_340_032, content_type: 'image/jpeg' };

export const createUploadRoute = createRoute({
  method: 'post',
  path: '/uploads',
  operationId: 'createUpload',
  tags: ['Uploads and jobs'],
  summary: 'Prepare the upload of a large photo',
  description:
    'Answers with a URL. Send the file there with PUT, with these headers and exactly as many bytes as announced. Then ' +
    'classify it with `upload_id` in POST /predict or POST /jobs. A list of inputs for a job is uploaded in the same way, as ' +
    `\`${MANIFEST_TYPE}\`, with up to ${MAX_MANIFEST_BYTES} bytes.`,
  security: guarded,
  request: {
    body: { required: true, content: { 'application/json': { schema: uploadBody, example: EXAMPLE } } },
  },
  responses: {
    201: json(upload, 'Where to send the file.', 'createUpload'),
    ...createUploadProblems,
  },
});

export function createUploadHandler(
  openEngine: OpenEngine,
  config: Pick<Config, 'auth' | 'jobs' | 'budgets'>,
  gate: Gate,
): RouteHandler<typeof createUploadRoute> {
  const maxPhotoBytes = maxUploadBytes(config);
  return async (c) => {
    const { uploads } = await openEngine();
    const owner = ownerOfRequest(c, config.auth);
    const source = bodySource(c);
    const request = validate(uploadBody, await readSmallObject(source, gate), 'body');
    const { bytes, content_type: contentType = DEFAULT_CONTENT_TYPE } = request;
    if (bytes > maxPhotoBytes && contentType !== MANIFEST_TYPE) throw tooLarge(maxPhotoBytes, bytes);
    const file = { bytes, contentType };
    const target = await uploads.create(owner, file, baseUrlOf(c, config), source.owner);
    c.header('cache-control', 'no-store');
    return {
      upload_id: target.id,
      method: 'PUT',
      url: target.url,
      headers: target.headers,
      expires_at: target.expiresAt.toISOString(),
    };
  };
}

const tooLarge = (maximum: number, bytes: number): ServiceError =>
  new ServiceError('image_too_large', `Expected a photo of at most ${maximum} bytes, got ${bytes}.`, {
    fields: [{ field: 'body.bytes', message: `expected at most ${maximum}, got ${bytes}` }],
  });
