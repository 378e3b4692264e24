import { binary } from '../../openapi/contents.ts';
import recorded from '../../openapi/examples.json' with { type: 'json' };
import { inferAnswer, inferRequest } from './schemas.ts';

/** With binary data after the JSON, the header Inference-Header-Content-Length says how long the JSON is. */
export const inferContent = {
  'application/json': { schema: inferRequest },
  'application/octet-stream': { schema: binary },
};

export const inferContents = {
  'application/json': { schema: inferAnswer, example: recorded.answers.protocolInfer },
  'application/octet-stream': { schema: binary, example: JSON.stringify(recorded.answers.protocolInfer) },
};
