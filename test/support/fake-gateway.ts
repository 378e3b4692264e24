import { wholeBody } from '../../lambda/http/body/source.ts';
import type { AppEnv } from '../../lambda/http/context.ts';
import type { startServer } from '../../lambda/http/server/server.ts';
import { gatewayProblems } from '../../lib/constructs/api/gateway-problems.ts';
import type { AuthKind } from '../../lib/settings/auth.ts';
import { verifySigV4 } from './sigv4.ts';

type App = Parameters<typeof startServer>[0];

/** How API Gateway answers a request without credentials. */
const REFUSALS = {
  'api-key': 'INVALID_API_KEY',
  iam: 'MISSING_AUTHENTICATION_TOKEN',
  jwt: 'UNAUTHORIZED',
} as const satisfies Record<AuthKind, string>;

function refuse(auth: AuthKind): Response {
  const { statusCode, body } = gatewayProblems(auth).get(REFUSALS[auth]) ?? {};
  if (statusCode === undefined) throw new Error(`expected a response ${REFUSALS[auth]}, got none`);
  return Response.json(body, { status: statusCode });
}

function isAllowed(auth: AuthKind, request: Request, body: Uint8Array, secret: string): boolean {
  switch (auth) {
    case 'api-key':
      return request.headers.get('x-api-key') === secret;
    case 'iam':
      return isSigned(request, body, secret);
    case 'jwt':
      return request.headers.get('authorization') === `Bearer ${secret}`;
  }
}

function isSigned({ method, url, headers }: Request, body: Uint8Array, secret: string): boolean {
  try {
    const request = { method, url: new URL(url), headers: Object.fromEntries(headers), body };
    return verifySigV4(request, secret).service === 'execute-api';
  } catch {
    return false;
  }
}

/**
 * Plays API Gateway in front of the app: a GET passes, and another request only with the right credentials.
 *
 * @param secret the key, the secret access key, or the token.
 */
export function fakeGateway(app: App, auth: AuthKind, secret: string): App {
  return {
    async fetch(request, env) {
      if (request.method === 'GET') return app.fetch(request, env);
      const bindings = env as AppEnv['Bindings'];
      const pieces: Uint8Array[] = [];
      await bindings.readBody?.(async (piece) => void pieces.push(Uint8Array.from(piece)));
      const body = new Uint8Array(Buffer.concat(pieces));
      if (!isAllowed(auth, request, body, secret)) return refuse(auth);
      return app.fetch(request, { ...bindings, readBody: wholeBody(body) });
    },
  };
}
