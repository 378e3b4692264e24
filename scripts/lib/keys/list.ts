import { explainAwsError } from '../aws/explain-error.ts';
import { alignColumns } from '../command/columns.ts';
import { type Key, type KeyName, readKey, readNames, type StageKeys } from './stage-keys.ts';
import type { Terminal } from './terminal.ts';
import { readUsage, type Usage } from './usage.ts';

/** Prints a table of the stage's keys, without their values. */
export async function listKeys(stageKeys: StageKeys, terminal: Terminal, now = new Date()): Promise<void> {
  const { print, say } = terminal;
  const keys = await readKeys(stageKeys, terminal);
  const day = now.toISOString().slice(0, 10);
  const usage = await readUsage(stageKeys, day).catch((error: unknown) => {
    say(`How much each key has used is unknown: ${explainAwsError(error)}`);
    return new Map<string, Usage>();
  });
  const rows = keys
    .toSorted((one, other) => one.name.localeCompare(other.name))
    .map((key) => rowOf(key, usage.get(key.id), key.id === stageKeys.ownKeyId));
  print(alignColumns([HEADER, ...rows]));
}

/** A key that cannot be read has no state. A key that was deleted meanwhile is left out. */
async function readKeys(stageKeys: StageKeys, { say }: Terminal): Promise<(Key | KeyName)[]> {
  const keys: (Key | KeyName)[] = [];
  // One after the other: API Gateway allows an account ten calls a second.
  for (const key of await readNames(stageKeys)) {
    try {
      keys.push(await readKey(stageKeys, key));
    } catch (error) {
      if ((error as Error).name === 'NotFoundException') continue;
      say(`The state of ${key.name} is unknown: ${explainAwsError(error)}`);
      keys.push(key);
    }
  }
  return keys;
}

/** Used and left are requests of today, in UTC: the period of the usage plan's quota. */
const HEADER = ['name', 'id', 'state', 'created', 'changed', 'for', 'used today', 'left today'];

function rowOf(key: Key | KeyName, usage: Usage | undefined, isOwn: boolean): string[] {
  const described = 'isEnabled' in key ? describe(key) : ['-', '-', '-'];
  const used = usage ? [String(usage.used), String(usage.left)] : ['-', '-'];
  return [key.name, key.id, ...described, isOwn ? 'smoke test' : 'a client', ...used];
}

const describe = ({ isEnabled, created, changed }: Key): string[] => [
  isEnabled ? 'enabled' : 'disabled',
  minuteOf(created),
  minuteOf(changed),
];

const minuteOf = (date: Date | undefined): string =>
  date ? `${date.toISOString().slice(0, 16).replace('T', ' ')}Z` : '-';
