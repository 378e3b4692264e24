import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { UsageError } from '../../command/usage-error.ts';
import { writeFileAtomically } from '../../system/files.ts';

const schema = z.strictObject({
  format: z.enum(['ndjson', 'csv']),
  model: z.strictObject({ name: z.string(), version: z.string(), sha256: z.string() }),
  topK: z.number(),
  explain: z.number(),
  copyTo: z.string().nullable(),
});

/** What all results of a file have in common. A file beside the results keeps it. */
export type RunSettings = z.output<typeof schema>;

export const settingsPath = (results: string): string => `${results}.settings.json`;

export const writeSettings = (results: string, settings: RunSettings): Promise<void> =>
  writeFileAtomically(settingsPath(results), `${JSON.stringify(settings, null, 2)}\n`);

/** @returns undefined if there are none; `unreadable` for something else in their place. */
export async function readSettings(results: string): Promise<RunSettings | 'unreadable' | undefined> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(settingsPath(results), 'utf8')));
    return parsed.success ? parsed.data : 'unreadable';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'unreadable';
  }
}

/** @throws UsageError that names each setting that has changed. */
export function requireSameSettings(results: string, before: RunSettings, now: RunSettings): void {
  const changed = (Object.keys(now) as (keyof RunSettings)[]).filter(
    (name) => !isDeepStrictEqual(before[name], now[name]),
  );
  if (changed.length === 0) return;
  const show = (settings: RunSettings) =>
    changed.map((name) => `${OPTIONS[name]} ${shown(settings[name])}`).join(', ');
  throw new UsageError(
    `${results}: expected the options that it was started with (${show(before)}), got ${show(now)}; --restart begins again`,
  );
}

const OPTIONS: Readonly<Record<keyof RunSettings, string>> = {
  format: 'format',
  model: 'model',
  topK: '--top-k',
  explain: '--explain',
  copyTo: '--copy-to',
};

function shown(value: RunSettings[keyof RunSettings]): string {
  if (value === null) return 'none';
  return typeof value === 'object'
    ? `${value.name}@${value.version} sha256 ${value.sha256.slice(0, 12)}`
    : String(value);
}
