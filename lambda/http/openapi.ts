import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import { z } from '@hono/zod-openapi';
import type { Handler } from 'hono';
import { ERROR_KINDS, type ErrorCode } from '../errors.ts';
import type { AppEnv } from './context.ts';
import { PROBLEM_MEDIA_TYPE } from './problem.ts';
import { MAX_BATCH, problem } from './schemas.ts';

export const OPENAPI_INFO = {
  openapi: '3.1.0',
  info: {
    title: 'ResNet-50 image classification',
    version: '1.0.0',
    description:
      'Names what a photo shows: the most probable of 1000 ImageNet classes. Every error is an RFC 9457 problem ' +
      'with a stable `code`. Behind API Gateway a request is at most 6 MB, which leaves 4.5 MB for an image; the gateway ' +
      'may ask for an API key and limit the rate, and its refusals are problems of the same form.',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '.', description: 'The service that serves this document' }],
};

const API_KEY = 'apiKey';

/** For a route that a deployment may keep for the holders of a key; the service itself asks for none. */
export const withOptionalKey: NonNullable<RouteConfig['security']> = [{}, { [API_KEY]: [] }];

/** Names the key in the document, for {@link withOptionalKey}. */
export function describeApiKey(app: OpenAPIHono<AppEnv>): void {
  app.openAPIRegistry.registerComponent('securitySchemes', API_KEY, {
    type: 'apiKey',
    in: 'header',
    name: 'x-api-key',
    description: 'Needed only where the deployment has API keys switched on; ask who runs it for one.',
  });
}

/**
 * Serves a route and describes it in the document. Bodies are read by our own readers and not by the framework's
 * validators, which would take a whole form into memory before any limit is checked.
 */
export function serveRoute(app: OpenAPIHono<AppEnv>, route: RouteConfig, handler: Handler<AppEnv>): void {
  app.openAPIRegistry.registerPath(route);
  app.on(route.method.toUpperCase(), route.path, handler);
}

const requestIdHeader = {
  'X-Request-Id': {
    description: "The request's id, as in the body and in the log.",
    schema: { type: 'string' as const },
  },
};
const retryAfterHeader = {
  'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' as const } },
};

export const json = (schema: z.ZodType, description: string) => ({
  description,
  headers: requestIdHeader,
  content: { 'application/json': { schema } },
});

const TEXT_FOR: Partial<Record<ErrorCode, string>> = {
  overloaded: 'The service has no room for the request right now; see Retry-After.',
  request_timeout: 'The body came too slowly. Does not occur behind API Gateway, which buffers the body.',
  deadline_exceeded: 'The request was not answered in time, and its work was stopped.',
  image_too_large: 'More bytes than the service takes. API Gateway itself answers 413 to more than 6 MB.',
  forbidden:
    'The API key is missing or wrong, or a firewall rule refused the request. From API Gateway only.',
  rate_limited:
    'Past the rate or the quota of the API or of the key; see Retry-After. From API Gateway only.',
  gateway_timeout: 'No answer of the service within 29 s. From API Gateway only.',
};

/** The problem responses of the given kinds, one for each status. */
function problems(...codes: readonly ErrorCode[]) {
  const byStatus = Map.groupBy(codes, (code) => ERROR_KINDS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, kinds]) => [
      status,
      {
        description: kinds
          .map((code) => `\`${code}\`: ${TEXT_FOR[code] ?? `${ERROR_KINDS[code].title}.`}`)
          .join(' '),
        headers: { ...requestIdHeader, ...(status === 429 || status === 503 ? retryAfterHeader : {}) },
        content: { [PROBLEM_MEDIA_TYPE]: { schema: problem } },
      },
    ]),
  );
}

/** What API Gateway answers in front of the service, in its form. */
const gatewayCodes = ['forbidden', 'rate_limited', 'gateway_timeout', 'internal'] as const;
const uploadCodes = [
  'invalid_request',
  'request_timeout',
  'image_too_large',
  'overloaded',
  'not_ready',
  'deadline_exceeded',
  ...gatewayCodes,
] as const;
const imageCodes = [
  'unsupported_media_type',
  'invalid_image',
  'too_many_pixels',
  'decode_too_costly',
] as const;

export const readinessProblems = problems('not_ready', ...gatewayCodes);
export const healthProblems = problems(...gatewayCodes);
export const batchProblems = problems(...uploadCodes, 'too_many_pixels');
export const predictProblems = problems(...uploadCodes, ...imageCodes);
export const urlProblems = problems(
  ...uploadCodes,
  ...imageCodes,
  'url_not_allowed',
  'url_fetch_failed',
  'url_timeout',
);

const binary = z.string().openapi({ format: 'binary' });
const base64 = z.string().openapi({ description: 'base64 or a base64 data URL' });

/** The image as the body itself. */
export const imageContent = Object.fromEntries(
  [
    'image/jpeg',
    'image/png',
    'image/webp',
    'image/gif',
    'image/avif',
    'image/tiff',
    'application/octet-stream',
  ].map((mediaType) => [mediaType, { schema: binary }]),
);

export const uploadContent = {
  'multipart/form-data': { schema: z.object({ file: binary }) },
  ...imageContent,
  'application/json': { schema: z.strictObject({ image: base64 }).openapi('ImageRequest') },
};

export const batchContent = {
  'multipart/form-data': { schema: z.object({ file: z.array(binary).min(1).max(MAX_BATCH) }) },
  'application/json': {
    schema: z.strictObject({ images: z.array(base64).min(1).max(MAX_BATCH) }).openapi('BatchRequest'),
  },
};
