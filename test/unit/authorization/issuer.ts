import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';

export const ISSUER = 'https://login.example.com/tenant';
export const AUDIENCE = 'api://vision';
const KEYS_URL = 'https://keys.example.com/tenant/keys';

type SigningKey = Awaited<ReturnType<typeof newKey>>;

async function newKey(kid: string, alg: string) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}

/** Generating a key takes longer than any test. */
const shared = newKey('first', 'RS256');

/**
 * An issuer of tokens with real keys, whose two documents are behind `fetch`.
 *
 * @param options.impostor whether it signs with a key of its own
 */
export async function testIssuer({ impostor = false } = {}) {
  const keys: SigningKey[] = [await (impostor ? newKey('first', 'RS256') : shared)];
  const requests: string[] = [];
  const documents = {
    discovery: { issuer: ISSUER, jwks_uri: KEYS_URL } as unknown,
    /** Answers both documents. Undefined for none. */
    answer: undefined as
      | ((url: string, signal: AbortSignal | null | undefined) => Promise<Response>)
      | undefined,
  };
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const url = String(input);
    requests.push(url);
    if (documents.answer) return documents.answer(url, init?.signal);
    if (url === `${ISSUER}/.well-known/openid-configuration`) return Response.json(documents.discovery);
    if (url === KEYS_URL) return Response.json({ keys: keys.map(({ jwk }) => jwk) });
    return new Response('nothing here', { status: 404 });
  };
  const claims = (): JWTPayload => {
    const now = Math.floor(Date.now() / 1000);
    return { iss: ISSUER, aud: AUDIENCE, sub: 'client-1', scope: 'predict other', iat: now, exp: now + 300 };
  };
  return {
    documents,
    requests,
    fetch,
    keys,
    /** The issuer publishes another key, and signs with it from now on. */
    async rotate(kid: string, alg = 'RS256') {
      keys.push(await newKey(kid, alg));
    },
    /** A token with the usual claims, changed. A claim that is undefined is left out. */
    async token(changes: Record<string, unknown> = {}, header: { kid?: string } = {}): Promise<string> {
      const { privateKey, alg, kid } = keys.at(-1) as SigningKey;
      return new SignJWT({ ...claims(), ...changes })
        .setProtectedHeader({ alg, kid, ...header })
        .sign(privateKey);
    },
    claims,
  };
}

/** A token that nobody signed, or that is signed by other means. */
export function handmade(header: object, payload: object, signature = ''): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part(header)}.${part(payload)}.${signature}`;
}
