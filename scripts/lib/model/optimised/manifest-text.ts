import type { Manifest } from '../../../../lambda/model/manifest.ts';

type Value = string | number | null | undefined | readonly Value[] | { readonly [key: string]: Value };

/** Longer values have a line for each of their fields. The repository's formatter has the same width. */
const LINE_WIDTH = 110;

/**
 * Sets two fields in the text of a manifest after its field `output`, or removes them. Everything else keeps its
 * layout, which must be that of the repository: two spaces for each level.
 */
export function withOutputFields(
  manifest: string,
  fields: Partial<Pick<Manifest, 'embedding' | 'activationMaps'>>,
): string {
  const { embedding, activationMaps } = fields;
  const others = ['embedding', 'activationMaps'].reduce(
    (text, key) => text.replace(fieldOf(key), ''),
    manifest,
  );
  const lines = Object.entries({ embedding, activationMaps }).flatMap(([key, value]) =>
    value === undefined ? [] : [`  ${format(key, value, '  ')},\n`],
  );
  return others.replace(fieldOf('output'), (output) => output + lines.join(''));
}

/** The lines of a field of the manifest itself. */
const fieldOf = (key: string): RegExp => new RegExp(`^  "${key}": .*\\n(?:    .*\\n|  [}\\]],?\\n)*`, 'm');

function format(key: string, value: Value, indent: string): string {
  const line = `${JSON.stringify(key)}: ${inLine(value)}`;
  if (indent.length + line.length < LINE_WIDTH || typeof value !== 'object' || value === null) return line;
  const fields = Object.entries(value).filter(([, one]) => one !== undefined);
  const lines = fields.map(([name, one]) => `\n${indent}  ${format(name, one, `${indent}  `)}`);
  return `${JSON.stringify(key)}: {${lines.join(',')}\n${indent}}`;
}

function inLine(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).flatMap(([key, one]) =>
    one === undefined ? [] : [`${JSON.stringify(key)}: ${inLine(one)}`],
  );
  return `{ ${fields.join(', ')} }`;
}
