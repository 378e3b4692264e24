import type { Config } from '../../config.ts';
import { VERSION } from '../../version.ts';
import { GATEWAY_SENTENCES } from './security.ts';

/** What the OpenAPI document says of the API as a whole. */
export const documentInfo = (auth: Config['auth']) => ({
  openapi: '3.1.0',
  info: {
    title: 'ResNet-50 image classification',
    version: VERSION,
    description:
      'Classifies photos: each prediction is one of the 1000 ImageNet classes with its probability.\n\n' +
      'Every error is an RFC 9457 problem. Its `code` tells programs what went wrong, its `detail` tells people. A minor ' +
      'version of this API may add codes. Treat a code that you do not know by its HTTP status.\n\n' +
      'Behind API Gateway a request may have at most 6 MB, which leaves 4.5 MB for an image. Larger photos are ' +
      'uploaded first. ' +
      `${GATEWAY_SENTENCES[auth ?? 'unknown']} API Gateway's errors have the same form.`,
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '.', description: 'The service that serves this document' }],
  tags: [
    { name: 'Predictions', description: 'Classify images.' },
    { name: 'Embeddings', description: 'Turn images into vectors.' },
    { name: 'Uploads and jobs', description: 'Classify large photos, and many images at a time.' },
    { name: 'Model', description: 'The model and its classes.' },
    {
      name: 'Open Inference Protocol',
      description: 'For clients of Triton and KServe. Its errors are `{"error": "…"}`.',
    },
    { name: 'Service', description: 'For load balancers and monitoring.' },
  ],
});
