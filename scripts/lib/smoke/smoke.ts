import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CAT_WNIDS } from '../../../lambda/operations/settings.ts';
import { judge, type SmokeCheck, smokeChecks } from '../../../lambda/operations/smoke-checks.ts';
import type { AuthKind } from '../../../lib/settings/auth.ts';
import { NO_CREDENTIALS } from '../credentials/credentials.ts';
import { fail, type NamedFinding, ok, warn } from '../findings/finding.ts';
import { example } from '../paths.ts';
import { callService, type SmokeTarget } from './request.ts';

/**
 * How API Gateway refuses a prediction without credentials. A request without a signature is refused with
 * 403, not 401: repost.aws/knowledge-center/api-gateway-authentication-token-errors.
 */
const REFUSALS = {
  'api-key': { status: 403, code: 'forbidden' },
  iam: { status: 403, code: 'forbidden' },
  jwt: { status: 401, code: 'unauthorized' },
} as const satisfies Record<AuthKind, { readonly status: number; readonly code: string }>;

const withoutCredentials = (auth: AuthKind, photo: Uint8Array<ArrayBuffer>): SmokeCheck => ({
  name: 'no credentials',
  request: { method: 'POST', path: 'predict', body: photo },
  judge(answer) {
    const { status, code } = REFUSALS[auth];
    const body = z.object({ code: z.literal(code) });
    return judge(
      { status, body, tell: () => `a prediction without credentials is refused: ${code}` },
      answer,
    );
  },
});

const NO_TOKEN: NamedFinding = {
  name: 'predictions',
  ...warn(
    'not checked, because there is no token',
    'Set API_TOKEN to a bearer token that the API accepts, and run npm run smoke again.',
  ),
};

/** Whether {@link smoke} can check predictions. */
export const canPredict = ({ credentials }: SmokeTarget, auth: AuthKind | undefined): boolean =>
  auth === undefined || credentials.kind !== 'none';

/**
 * Checks everything that a running service does, one thing after the other. Without the credentials that it
 * requires, it checks only what is open.
 *
 * @param auth what the service must require of a prediction. @default unknown, so it is not checked
 * @param expectedClasses what the service may see in examples/cat.jpg: WordNet ids or labels. @default cats
 */
export async function smoke(
  target: SmokeTarget,
  auth?: AuthKind,
  expectedClasses: readonly string[] = CAT_WNIDS,
): Promise<NamedFinding[]> {
  const photo = Uint8Array.from(await readFile(example('cat.jpg')));
  const isComplete = canPredict(target, auth);
  const findings: NamedFinding[] = [];
  const unreachable = await findUnreachable(target);
  if (unreachable !== undefined) return [unreachable];
  for (const check of smokeChecks({ photo, expectedClasses })) {
    if (isComplete || check.request.method === 'GET') findings.push(await run(check, target));
  }
  if (auth !== undefined) {
    findings.push(await run(withoutCredentials(auth, photo), { ...target, credentials: NO_CREDENTIALS }));
  }
  return isComplete ? findings : [...findings, NO_TOKEN];
}

const START = 'Check the URL, and that the service is running: npm start runs one on this machine.';

/** One finding in place of one for each check, if nothing answers. */
async function findUnreachable(target: SmokeTarget): Promise<NamedFinding | undefined> {
  const sent = await callService(target, 'health').catch((error: Error) => error);
  return sent instanceof Error ? { name: 'service', ...fail(sent.message, START) } : undefined;
}

async function run({ name, request, judge }: SmokeCheck, target: SmokeTarget): Promise<NamedFinding> {
  const { method, path, headers = {}, body } = request;
  const sent = await callService(target, path, { method, headers, body }).catch((error: Error) => error);
  if (sent instanceof Error) {
    return { name, ...fail(sent.message, START) };
  }
  const took = `${sent.elapsedMs.toFixed(0)} ms`;
  try {
    return { name, ...ok(`${judge(sent)} (${took})`) };
  } catch (error) {
    const isRefused = sent.status === 401 || sent.status === 403;
    const advice = isRefused
      ? 'Check the credentials (docs/authentication.md). The access log of the API has the request_id.'
      : 'Look for the request_id in the log of the function.';
    return { name, ...fail(`${(error as Error).message} (${took})`, advice) };
  }
}
