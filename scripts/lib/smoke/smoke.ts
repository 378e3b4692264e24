import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { CAT_WNIDS } from '../../../lambda/operations/settings.ts';
import { judge, type SmokeCheck, smokeChecks } from '../../../lambda/operations/smoke-checks.ts';
import { fail, type NamedFinding, ok } from '../findings/finding.ts';
import { example } from '../paths.ts';
import { callService, type SmokeTarget } from './request.ts';

/** A stage with keys must refuse a request without one. */
const keyless = (photo: Uint8Array<ArrayBuffer>): SmokeCheck => ({
  name: 'no key',
  request: { method: 'POST', path: 'predict', body: photo },
  judge: (answer) =>
    judge(
      { status: 403, body: z.object({ code: z.literal('forbidden') }), tell: () => 'refused without a key' },
      answer,
    ),
});

/**
 * Checks everything that a running service does, one thing after the other.
 *
 * @param keyRequired whether the service must refuse a prediction without a key.
 */
export async function smoke(target: SmokeTarget, { keyRequired = false } = {}): Promise<NamedFinding[]> {
  const photo = Uint8Array.from(await readFile(example('cat.jpg')));
  const findings: NamedFinding[] = [];
  for (const check of smokeChecks({ photo, expectedWnids: CAT_WNIDS })) {
    findings.push(await run(check, target));
  }
  if (keyRequired) findings.push(await run(keyless(photo), { ...target, apiKey: undefined }));
  return findings;
}

async function run({ name, request, judge }: SmokeCheck, target: SmokeTarget): Promise<NamedFinding> {
  const { method, path, headers = {}, body } = request;
  const sent = await callService(target, path, { method, headers, ...(body ? { body } : {}) }).catch(
    (error: Error) => error,
  );
  if (sent instanceof Error) {
    return { name, ...fail(sent.message, 'Check the URL, and that the service is running.') };
  }
  const took = `${sent.elapsedMs.toFixed(0)} ms`;
  try {
    return { name, ...ok(`${judge(sent)} (${took})`) };
  } catch (error) {
    const advice = 'Look for the request_id in the log of the function.';
    return { name, ...fail(`${(error as Error).message} (${took})`, advice) };
  }
}
