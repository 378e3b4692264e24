import { UsageError } from '../command/usage-error.ts';
import { deleteKey, setEnabled } from './change.ts';
import { checkName, createKey } from './create.ts';
import { listKeys } from './list.ts';
import { findKey, readNames, readValue, type StageKeys } from './stage-keys.ts';
import { printValue, type Terminal } from './terminal.ts';

export const KEY_ACTIONS = ['list', 'show', 'create', 'disable', 'enable', 'delete'] as const;
export type KeyAction = (typeof KEY_ACTIONS)[number];

export interface KeyRequest {
  readonly action: KeyAction;
  /** The name or the id of the key; the name of a new one. */
  readonly key: string | undefined;
  /** Whether to print the value of a new key. */
  readonly show: boolean;
  /** Whether to delete without asking. */
  readonly yes: boolean;
}

/** @throws UsageError for arguments that do not belong together. */
export function checkRequest({ action, key, show, yes }: KeyRequest): void {
  if (action === 'list' && key !== undefined) throw new UsageError(`list: expected no key, got ${key}`);
  if (action !== 'list' && key === undefined) {
    throw new UsageError(`${action}: expected a ${action === 'create' ? 'name' : 'key'}, got nothing`);
  }
  if (action === 'create' && key !== undefined) checkName(key);
  if (show && action !== 'create') throw new UsageError(`--show: expected the action create, got ${action}`);
  if (yes && action !== 'delete') throw new UsageError(`--yes: expected the action delete, got ${action}`);
}

/** Does what was asked for. @returns false if the person did not confirm. */
export async function runKeyAction(
  stageKeys: StageKeys,
  terminal: Terminal,
  { action, key: wanted = '', show }: KeyRequest,
): Promise<boolean> {
  if (action === 'list') {
    await listKeys(stageKeys, terminal);
    return true;
  }
  if (action === 'create') {
    await createKey(stageKeys, terminal, { name: wanted, show });
    return true;
  }
  const key = findKey(await readNames(stageKeys), wanted);
  if (action === 'delete') return deleteKey(stageKeys, terminal, key);
  if (action === 'show') printValue(terminal, await readValue(stageKeys, key));
  else await setEnabled(stageKeys, terminal, key, action === 'enable');
  return true;
}
