import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import type { AppEnv } from '../context.ts';

export const OPENAPI_INFO = {
  openapi: '3.1.0',
  info: {
    title: 'ResNet-50 image classification',
    version: '1.0.0',
    description:
      'Classifies photos: each prediction is one of the 1000 ImageNet classes with its probability.\n\n' +
      'Every error is an RFC 9457 problem. Its `code` tells programs what went wrong, its `detail` tells people. A minor ' +
      'version of this API may add codes. Treat a code that you do not know by its HTTP status.\n\n' +
      'Behind API Gateway a request may have at most 6 MB, which leaves 4.5 MB for an image. The gateway can require an ' +
      "API key and limit the request rate. API Gateway's errors have the same form.",
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '.', description: 'The service that serves this document' }],
  tags: [
    { name: 'Predictions', description: 'Classify images.' },
    { name: 'Model', description: 'The model and its classes.' },
    { name: 'Service', description: 'For load balancers and monitoring.' },
  ],
};

const API_KEY = 'apiKey';

/** For a route that may require an API key. The deployment decides; the service itself never asks for one. */
export const withOptionalKey: NonNullable<RouteConfig['security']> = [{}, { [API_KEY]: [] }];

/** For a route that never requires an API key. */
export const withoutKey: NonNullable<RouteConfig['security']> = [];

/** Defines the key that {@link withOptionalKey} refers to. */
export function describeApiKey(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', API_KEY, {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'Required only if the deployment uses API keys. The operator of the deployment issues them.',
  });
}
