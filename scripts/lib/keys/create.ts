import {
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import { explainAwsError } from '../aws/explain-error.ts';
import { UsageError } from '../command/usage-error.ts';
import { type KeyName, readNames, readValue, type StageKeys } from './stage-keys.ts';
import { DELAY, printValue, type Terminal } from './terminal.ts';

/** Stricter than API Gateway's 1,024 characters of any kind, so that a name needs no quotes in a shell. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** @throws UsageError for a name that a new key may not have. */
export function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new UsageError(
    `KEY: expected up to 64 letters, digits, dots, hyphens and underscores, the first a letter or a digit, got ${name}`,
  );
}

/**
 * Creates a key in the stage's usage plan.
 *
 * @param show whether to print its value.
 * @throws Error for a name that is taken, and if the key cannot be added to the plan.
 */
export async function createKey(
  stageKeys: StageKeys,
  terminal: Terminal,
  { name, show }: { readonly name: string; readonly show: boolean },
): Promise<void> {
  const taken = (await readNames(stageKeys)).find((key) => key.name === name || key.id === name);
  if (taken) throw new Error(`${name} is the ${taken.name === name ? 'name' : 'id'} of a key already`);
  const key = await createTagged(stageKeys, name);
  await addToPlan(stageKeys, key);
  terminal.say(`Created the key ${name} (${key.id}). ${DELAY}`);
  if (show) printValue(terminal, await readValue(stageKeys, key));
  else terminal.say(`To see its value: npm run keys --silent -- show ${name} --stage ${stageKeys.stage}`);
}

/** The pipeline's CI role may read keys of the purpose smoke-test only. */
async function createTagged({ gateway, stage }: StageKeys, name: string): Promise<KeyName> {
  const { id } = await gateway.send(
    new CreateApiKeyCommand({
      name,
      description: `A client of resnet50-${stage}`,
      enabled: true,
      tags: { service: 'resnet50', stage, purpose: 'client' },
    }),
  );
  if (id === undefined) throw new Error(`${name}: expected the id of the new key, got none`);
  return { id, name };
}

/** @throws Error that says whether the key was deleted again. */
async function addToPlan({ gateway, usagePlanId }: StageKeys, { id, name }: KeyName): Promise<void> {
  try {
    await gateway.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId: id, keyType: 'API_KEY' }));
  } catch (error) {
    const reason = `${name} could not be added to the usage plan: ${explainAwsError(error)}.`;
    try {
      await gateway.send(new DeleteApiKeyCommand({ apiKey: id }));
    } catch (second) {
      throw new Error(
        `${reason} It could not be deleted either: ${explainAwsError(second)}. No client can use it. Delete it with: aws apigateway delete-api-key --api-key ${id}`,
        { cause: error },
      );
    }
    throw new Error(`${reason} It was deleted again.`, { cause: error });
  }
}
