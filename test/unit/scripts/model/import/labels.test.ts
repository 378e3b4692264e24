import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLabels } from '../../../../../scripts/lib/model/import/labels.ts';
import { labels } from '../../../../support/model.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labels-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(name: string, content: string) {
  const path = join(folder, name);
  await writeFile(path, content);
  return readLabels(path);
}

const TWO = [
  { index: 0, label: 'tench' },
  { index: 1, label: 'great white shark, white shark' },
];
const WITH_IDS = [
  { index: 0, wnid: 'n01440764', label: 'tench' },
  { index: 1, wnid: 'n01484850', label: 'great white shark, white shark' },
];

describe('readLabels', () => {
  it.each([
    ['one name a line', 'tench\ngreat white shark, white shark\n', TWO],
    ['no line end at the end', 'tench\ngreat white shark, white shark', TWO],
    ['line ends of Windows', 'tench\r\ngreat white shark, white shark\r\n', TWO],
    ['a byte order mark', '\uFEFFtench\ngreat white shark, white shark\n', TWO],
    ['blank lines at the end', 'tench\ngreat white shark, white shark\n\n \n', TWO],
    ['blanks around the names', '  tench \n\tgreat white shark, white shark\n', TWO],
    ['WordNet ids', 'n01440764 tench\nn01484850 great white shark, white shark\n', WITH_IDS],
    ['WordNet ids with tabs', 'n01440764\ttench\nn01484850\tgreat white shark, white shark\n', WITH_IDS],
    [
      'WordNet ids alone',
      'n01440764\nn01484850\n',
      [
        { index: 0, wnid: 'n01440764', label: 'n01440764' },
        { index: 1, wnid: 'n01484850', label: 'n01484850' },
      ],
    ],
    ['a JSON list', '["tench", "great white shark, white shark"]', TWO],
    ['a JSON list after a byte order mark', '\uFEFF["tench", "great white shark, white shark"]', TWO],
    ['a JSON map', '{"1": "great white shark, white shark", "0": "tench"}', TWO],
    [
      'a config.json',
      '{"model_type": "vit", "id2label": {"0": "tench", "1": "great white shark, white shark"}}',
      TWO,
    ],
    [
      'the class index of Keras',
      '{"0": ["n01440764", "tench"], "1": ["n01484850", "great white shark, white shark"]}',
      WITH_IDS,
    ],
    ['the labels of a bundle', JSON.stringify(WITH_IDS), WITH_IDS],
  ])('reads %s', async (_, content, expected) => {
    expect(await read('labels', content)).toEqual(expected);
  });

  it('knows the names of ImageNet', async () => {
    expect(await readLabels('imagenet')).toEqual(labels);
  });

  it.each([
    ['an empty line between names', 'tench\n\nshark\n', 'labels: line 2: expected a name, got an empty line'],
    [
      'a map with a gap',
      '{"0": "tench", "2": "shark"}',
      'labels: expected names for the indices 0 to 1, got none for 1',
    ],
    ['JSON that ends too early', '["tench",', 'labels: expected JSON'],
    [
      'a list of numbers',
      '[1, 2]',
      'labels: expected a list of names, or a map from the indices to the names',
    ],
    [
      'labels of a bundle in another order',
      JSON.stringify([...WITH_IDS].reverse()),
      '0.index: expected 0, got 1',
    ],
  ])('refuses %s', async (_, content, message) => {
    await expect(read('labels', content)).rejects.toThrow(message);
  });

  it('refuses a file that does not exist', async () => {
    await expect(readLabels(join(folder, 'none'))).rejects.toThrow('expected a file of labels');
  });
});
