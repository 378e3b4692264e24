import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Label, labelsSchema } from '../../../../lambda/model/manifest.ts';
import { parseJson } from '../../../../lambda/model/parse.ts';
import { MODEL_BUNDLE } from '../../paths.ts';

/** What stands for the labels of ImageNet-1k, in the order of torchvision, timm and Keras. */
export const IMAGENET_LABELS = 'imagenet';

/**
 * Reads the names of the classes from a text file with one name a line, or from JSON: a list of names, a map from
 * the indices to the names, a `config.json` with such a map as `id2label`, or the `labels.json` of a bundle.
 *
 * @param path of the file, or {@link IMAGENET_LABELS}.
 * @throws Error in one line with the file and the line or the index.
 */
export async function readLabels(path: string): Promise<readonly Label[]> {
  const file = path === IMAGENET_LABELS ? `${MODEL_BUNDLE}/labels.json` : path;
  const bytes = await readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${file}: expected a file of labels, but it cannot be read (${cause.code})`, { cause });
  });
  // Windows' editors begin a text with a byte order mark.
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  return /^\s*[[{]/.test(text) ? labelsOfJson(text, path) : labelsOfLines(text, path);
}

function labelsOfLines(text: string, path: string): Label[] {
  const lines = text.split(/\r\n|\r|\n/);
  while (lines.at(-1)?.trim() === '') lines.pop();
  return lines.map((line, index) => {
    if (line.trim() === '') throw new Error(`${path}: line ${index + 1}: expected a name, got an empty line`);
    return labelOf(index, line);
  });
}

const entry = z.union([
  z.string().min(1),
  z.strictObject({ index: z.number(), wnid: z.string().optional(), label: z.string() }),
]);
/** Keras' imagenet_class_index.json has pairs of a WordNet id and a name. */
const named = z.union([z.string().min(1), z.tuple([z.string(), z.string()])]);
const jsonSchema = z.union(
  [z.array(entry), z.looseObject({ id2label: z.record(z.string(), named) }), z.record(z.string(), named)],
  { error: 'expected a list of names, or a map from the indices to the names' },
);

function labelsOfJson(text: string, path: string): readonly Label[] {
  const value = parseJson(jsonSchema, text, path);
  if (!Array.isArray(value)) {
    const map = 'id2label' in value && typeof value.id2label === 'object' ? value.id2label : value;
    return labelsOfMap(map as Readonly<Record<string, string | readonly string[]>>, path);
  }
  if (value.some((one) => typeof one !== 'string')) return parseJson(labelsSchema, text, path);
  return value.map((one, index) => labelOf(index, String(one)));
}

/** @param map from indices, as text, to names. @throws Error in one line with the first index that is missing */
export function labelsOfMap(
  map: Readonly<Record<string, string | readonly string[]>>,
  path: string,
): readonly Label[] {
  return Object.keys(map).map((_, index, { length }) => {
    const name = map[String(index)];
    if (name === undefined) {
      throw new Error(`${path}: expected names for the indices 0 to ${length - 1}, got none for ${index}`);
    }
    return labelOf(index, typeof name === 'string' ? name : name.join(' '));
  });
}

/** A WordNet id before the name becomes the `wnid`, as in `n01440764 tench, Tinca tinca`. */
export function labelOf(index: number, text: string): Label {
  const [, wnid, name] = /^(n\d{8})(?:[\s,:]+(.+))?$/.exec(text.trim()) ?? [];
  return wnid === undefined ? { index, label: text.trim() } : { index, wnid, label: (name ?? wnid).trim() };
}
