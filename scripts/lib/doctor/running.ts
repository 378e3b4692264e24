import { z } from 'zod';
import { readKnownGood } from '../../../lambda/operations/known-good.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import { NO_CREDENTIALS } from '../credentials/credentials.ts';
import { findRunning } from '../deploy/running.ts';
import { type Finding, fail, type NamedFinding, ok, warn } from '../findings/finding.ts';
import { readAlias } from '../rollback/alias.ts';
import { callService } from '../smoke/request.ts';
import type { DoctorClients } from './clients.ts';

/** The version that the alias has, its image and its commit. */
export async function findVersions(
  { lambda, ecrOf }: DoctorClients,
  outputs: StackOutputs,
): Promise<readonly NamedFinding[]> {
  const { version, published, digest, commit } = await findRunning(lambda, ecrOf, outputs);
  return [
    { name: 'version', ...ok(`${version}, published ${published}`) },
    { name: 'image', ...ok(digest) },
    {
      name: 'commit',
      ...ok(commit ?? 'unknown: the image was built by a deployment, or its tags may not be read'),
    },
  ];
}

/** The fields of `GET /model` that the report shows. */
const modelAnswer = z.object({
  name: z.string(),
  version: z.string(),
  service: z.object({ version: z.string() }),
});

/** What the service says of itself, at its URL. */
export async function askService({ apiUrl: url }: StackOutputs): Promise<readonly NamedFinding[]> {
  const name = 'service';
  const advice = 'docs/runbooks/service-down.md';
  const target = { url, credentials: NO_CREDENTIALS };
  const answer = await callService(target, 'model').catch((error: Error) => error);
  if (answer instanceof Error) return [{ name, ...fail(answer.message, advice) }];
  const model = modelAnswer.safeParse(answer.body);
  if (answer.status !== 200 || !model.success) {
    return [{ name, ...fail(`GET /model: expected 200 and a model, got ${answer.status}`, advice) }];
  }
  return [
    { name, ...ok(`version ${model.data.service.version} answers`) },
    { name: 'model', ...ok(`${model.data.name} ${model.data.version}`) },
  ];
}

/** The versions that a rollback may go to. */
export async function findKnownGood({ lambda, ssm }: DoctorClients, outputs: StackOutputs): Promise<Finding> {
  const [versions, alias] = await Promise.all([
    readKnownGood(ssm, outputs.functionName),
    readAlias(lambda, outputs),
  ]);
  const before = versions.filter((version) => version !== alias.version);
  const found = `known-good versions: ${versions.join(', ') || 'none'}`;
  if (before.length > 0) return ok(found);
  return warn(
    found,
    'A rollback has no version to go to. The next deployment that passes its checks gives it one.',
  );
}
