import { wholeBody } from '../../lambda/http/body/source.ts';
import type { AppEnv } from '../../lambda/http/context.ts';
import type { startServer } from '../../lambda/http/server/server.ts';
import type { AuthKind } from '../../lib/settings/auth.ts';
import { verifySigV4 } from './sigv4.ts';

type App = Parameters<typeof startServer>[0];

/** Whether a request has the right credentials, and how it is refused without. */
interface Guard {
  readonly refusal: { readonly status: number; readonly code: string };
  readonly accepts: (request: Request, body: Uint8Array) => boolean;
}

const FORBIDDEN = { status: 403, code: 'forbidden' };

/** @param secret the key, the secret access key, or the token. */
function guardOf(auth: AuthKind, secret: string): Guard {
  switch (auth) {
    case 'api-key':
      return { refusal: FORBIDDEN, accepts: ({ headers }) => headers.get('x-api-key') === secret };
    case 'iam':
      return { refusal: FORBIDDEN, accepts: (request, body) => isSigned(request, body, secret) };
    case 'jwt':
      return {
        refusal: { status: 401, code: 'unauthorized' },
        accepts: ({ headers }) => headers.get('authorization') === `Bearer ${secret}`,
      };
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

/** Plays API Gateway in front of the app: a GET passes, and another request only with the right credentials. */
export function fakeGateway(app: App, auth: AuthKind, secret: string): App {
  const { refusal, accepts } = guardOf(auth, secret);
  return {
    async fetch(request, env) {
      if (request.method === 'GET') return app.fetch(request, env);
      const bindings = env as AppEnv['Bindings'];
      const pieces: Uint8Array[] = [];
      await bindings.readBody?.(async (piece) => void pieces.push(Uint8Array.from(piece)));
      const body = new Uint8Array(Buffer.concat(pieces));
      if (!accepts(request, body)) {
        return Response.json({ code: refusal.code }, { status: refusal.status });
      }
      return app.fetch(request, { ...bindings, readBody: wholeBody(body) });
    },
  };
}
