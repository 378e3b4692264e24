import type { Settings } from '../../../lib/settings.ts';
import { readStage, STAGE_NAMES } from '../../../lib/stages.ts';
import { markdownTable } from '../generated/markdown.ts';
import { ITEM, type Row } from './rows.ts';

const code = (value: unknown): string => `\`${JSON.stringify(value)?.replaceAll(/(?<="[,:])(?=")/g, ' ')}\``;
const joined = (path: readonly string[]): string => path.join('.');

/** @param stages whether the settings have values in the stages. */
export function settingsTable(rows: readonly Row[], { stages }: { readonly stages: boolean }): string {
  const settings = stages ? STAGE_NAMES.map((name) => [name, readStage(name).settings] as const) : [];
  return markdownTable(
    ['Setting', 'Value', stages ? 'Default' : 'If left out', 'What it does'],
    rows.map((row) => [
      `\`${joined(row.path)}\`${row.kinds.length > 0 ? `<br>with ${row.kinds.map((kind) => `\`${kind}\``).join(', ')}` : ''}`,
      row.expected,
      defaultOf(row, settings),
      row.text,
    ]),
    { align: 'left' },
  );
}

/** The values of the stages, equal ones together. Where no stage has the setting, what the schema fills in. */
function defaultOf(row: Row, stages: readonly (readonly [name: string, settings: Settings])[]): string {
  const byValue = new Map<string, string[]>();
  for (const [name, settings] of stages) {
    const value = valueAt(settings, row);
    if (value !== undefined) byValue.set(value, [...(byValue.get(value) ?? []), name]);
  }
  const [first, ...others] = byValue;
  const isEverywhere = first !== undefined && others.length === 0 && first[1].length === stages.length;
  const values = isEverywhere
    ? [first[0]]
    : [...byValue].map(([value, names]) => `${names.join(', ')}: ${value}`);
  const fallback = row.fallback === undefined ? undefined : code(row.fallback);
  if (fallback !== undefined && !isEverywhere) {
    values.push(values.length === 0 ? fallback : `if left out: ${fallback}`);
  }
  if (values.length === 0) return row.isOptional ? 'none' : 'required';
  return values.join('<br>');
}

/** Undefined if the stage does not have the setting, for example because it has another kind. */
function valueAt(settings: Settings, { path, kinds, isObject }: Row): string | undefined {
  if (path.some((part) => part.endsWith(ITEM))) return undefined;
  const parent: unknown = path
    .slice(0, -1)
    .reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), settings);
  const value: unknown = Reflect.get(Object(parent), path.at(-1) ?? '');
  const { kind } = Object(parent) as { readonly kind?: string };
  if (value === undefined || (kinds.length > 0 && !kinds.includes(String(kind)))) return undefined;
  if (!isObject || value === 'off') return code(value);
  const choice = (value as { readonly kind?: string }).kind;
  return choice === undefined ? 'see below' : `\`${choice}\``;
}
