import type { OpenAPIHono, RouteConfig } from '@hono/zod-openapi';
import type { AuthKind, Config } from '../../config.ts';
import type { AppEnv } from '../context.ts';
import { withRefusals } from './responses.ts';

type Security = NonNullable<RouteConfig['security']>;
type Scheme = Parameters<OpenAPIHono<AppEnv>['openAPIRegistry']['registerComponent']>[2];
type Guard = AuthKind | 'unknown';

const API_KEY = { type: 'apiKey', in: 'header', name: 'x-api-key' } as const;
const ISSUER = 'The operator of the deployment issues them.';

/** What callers send, by what the gateway requires. */
const SCHEMES = {
  unknown: {
    name: 'apiKey',
    scheme: { ...API_KEY, description: `Required only if the deployment uses API keys. ${ISSUER}` },
  },
  'api-key': { name: 'apiKey', scheme: { ...API_KEY, description: `An API key. ${ISSUER}` } },
  // docs.aws.amazon.com/apigateway, "x-amazon-apigateway-authtype property": OpenAPI has no type for
  // signatures.
  iam: {
    name: 'sigv4',
    scheme: {
      type: 'apiKey',
      in: 'header',
      name: 'Authorization',
      'x-amazon-apigateway-authtype': 'awsSigv4',
      description:
        'Each request is signed with AWS credentials: Signature Version 4 for the service `execute-api`. The caller needs ' +
        'the IAM permission `execute-api:Invoke`. Forms and API references cannot sign; curl and AWS’s SDKs can.',
    },
  },
  jwt: {
    name: 'bearer',
    scheme: {
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'A JSON Web Token. The operator of the deployment says who issues them.',
    },
  },
} as const satisfies Record<Guard, { readonly name: string; readonly scheme: Scheme }>;

/** What the document says about the gateway as a whole. */
export const GATEWAY_SENTENCES: Readonly<Record<Guard, string>> = {
  unknown: 'The gateway can require an API key and limit the request rate.',
  'api-key': 'The gateway requires an API key for predictions and limits the request rate.',
  iam: 'The gateway requires predictions to be signed with AWS credentials, and limits the request rate.',
  jwt: 'The gateway requires a bearer token for predictions and limits the request rate.',
};

/** For a route that a gateway may guard. The service itself asks for nothing. */
export const guarded: Security = [{}, { [SCHEMES.unknown.name]: [] }];

/** For a route that is open in every deployment. */
export const open: Security = [];

/** Defines the scheme that {@link secured} refers to. */
export function describeScheme(app: OpenAPIHono<AppEnv>, auth: Config['auth']): void {
  const { name, scheme } = SCHEMES[auth ?? 'unknown'];
  app.openAPIRegistry.registerComponent('securitySchemes', name, scheme);
}

/** @returns the route as the document describes it where the gateway requires `auth`. */
export function secured(route: RouteConfig, auth: Config['auth']): RouteConfig {
  if (auth === undefined || !route.security?.length) return route;
  return {
    ...route,
    security: [{ [SCHEMES[auth].name]: [] }],
    responses: withRefusals(route.responses, auth),
  };
}
