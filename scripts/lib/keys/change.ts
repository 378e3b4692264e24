import { DeleteApiKeyCommand, UpdateApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { type KeyName, readKey, type StageKeys } from './stage-keys.ts';
import { DELAY, type Terminal } from './terminal.ts';

const REPLACE_OWN = 'raise auth.generation in cdk.json and deploy';

/** Enables or disables a key. Does nothing if it is in this state already. */
export async function setEnabled(
  stageKeys: StageKeys,
  { say }: Terminal,
  key: KeyName,
  enabled: boolean,
): Promise<void> {
  const state = enabled ? 'enabled' : 'disabled';
  if ((await readKey(stageKeys, key)).isEnabled === enabled) {
    say(`${key.name} (${key.id}) is ${state} already.`);
    return;
  }
  await stageKeys.gateway.send(
    new UpdateApiKeyCommand({
      apiKey: key.id,
      patchOperations: [{ op: 'replace', path: '/enabled', value: String(enabled) }],
    }),
  );
  say(`${key.name} (${key.id}) is ${state}. ${DELAY}`);
  if (!enabled && key.id === stageKeys.ownKeyId) {
    say(`It is the stage's own key, so the smoke test fails until you replace it: ${REPLACE_OWN}.`);
  }
}

/**
 * Deletes a key, which nobody can bring back. So it must be disabled: whoever still needs it has had the time
 * to notice.
 *
 * @returns false if the person did not confirm.
 * @throws Error for the stage's own key and for a key that is enabled.
 */
export async function deleteKey(
  stageKeys: StageKeys,
  { say, confirm }: Terminal,
  key: KeyName,
): Promise<boolean> {
  if (key.id === stageKeys.ownKeyId) {
    throw new Error(
      `${key.name} is the stage's own key, which belongs to CloudFormation: to replace it, ${REPLACE_OWN}`,
    );
  }
  if ((await readKey(stageKeys, key)).isEnabled) {
    throw new Error(`${key.name} is enabled: disable it first, and delete it once nobody has missed it`);
  }
  if (!(await confirm(`Delete the key ${key.name} (${key.id}) for good?`))) return false;
  await stageKeys.gateway.send(new DeleteApiKeyCommand({ apiKey: key.id }));
  say(`Deleted the key ${key.name} (${key.id}).`);
  return true;
}
