import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCopies } from '../../../../scripts/lib/classify/copies/copies.ts';
import { folderName } from '../../../../scripts/lib/classify/copies/folder-name.ts';
import { copyTarget } from '../../../../scripts/lib/classify/copies/target.ts';

let root: string;
let sorted: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'copies-'));
  sorted = join(root, 'sorted');
});
afterEach(() => rm(root, { recursive: true }));

async function photo(name: string, content: string): Promise<string> {
  const file = join(root, name);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, content);
  return file;
}
async function copied(folder = ''): Promise<Record<string, string>> {
  const entries = await readdir(join(sorted, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => !entry.isDirectory());
  return Object.fromEntries(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const file = join(parentPath, name);
        return [file.slice(sorted.length + 1), await readFile(file, 'utf8')] as const;
      }),
    ),
  );
}

describe('the name of a label’s folder', () => {
  it.each([
    ['tabby, tabby cat', 'tabby, tabby cat'],
    ['bow tie / bow-tie', 'bow tie _ bow-tie'],
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..', '_'],
    ['.', '_'],
    ['', '_'],
    ['C:\\Windows', 'C__Windows'],
    ['CON', '_CON'],
    ['nul.jpg', '_nul.jpg'],
    ['console', 'console'],
    ['ends with a dot. ', 'ends with a dot'],
    ['null\0 and \n lines', 'null_ and _ lines'],
    ['right \u202eto left', 'right _to left'],
    ['cafe\u0301', 'caf\u00e9'],
    ['貓'.repeat(60), '貓'.repeat(33)],
  ])('%j is %j', (label, expected) => {
    expect(folderName(label)).toBe(expected);
  });

  it('is one folder for any label', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (label) => {
        const name = folderName(label);
        expect(join('/dir', name)).toBe(`/dir/${name}`);
        expect(name).not.toMatch(/^\.|[/\\:\0]|[. ]$/);
        expect(Buffer.byteLength(name)).toBeLessThanOrEqual(101);
        expect(name).not.toBe('');
      }),
    );
  });
});

describe('copies', () => {
  it('are in a folder for each label, with numbers for photos of the same name', async () => {
    const copies = createCopies(sorted, '.part');
    await copies.copy(await photo('1/cat.jpg', 'one'), 'cat');
    await copies.copy(await photo('2/cat.jpg', 'two'), 'cat');
    await copies.copy(await photo('3/cat.jpg', 'one'), 'cat');
    await copies.copy(await photo('4/cat.jpg', 'one'), 'dog / puppy');
    expect(await copied()).toEqual({
      'cat/cat.jpg': 'one',
      'cat/cat (2).jpg': 'two',
      'cat/cat (3).jpg': 'one',
      'dog _ puppy/cat.jpg': 'one',
    });
  });

  it('never overwrite a file, and use those of an earlier run', async () => {
    await mkdir(join(sorted, 'cat'), { recursive: true });
    await writeFile(join(sorted, 'cat/cat.jpg'), 'someone else’s');
    const first = await photo('1/cat.jpg', 'one');
    const second = await photo('2/cat.jpg', 'two');
    for (let run = 0; run < 3; run += 1) {
      const copies = createCopies(sorted, '.part');
      await copies.copy(first, 'cat');
      await copies.copy(second, 'cat');
    }
    expect(await copied()).toEqual({
      'cat/cat.jpg': 'someone else’s',
      'cat/cat (2).jpg': 'one',
      'cat/cat (3).jpg': 'two',
    });
  });

  it('keep strange names', async () => {
    const names = ['-rf', '..jpg', 'line\nbreak.jpg', 'no extension', `${'貓'.repeat(83)}.jpg`, '.jpg'];
    for (const content of ['one', 'two']) {
      const copies = createCopies(sorted, '.part');
      for (const name of names) await copies.copy(await photo(name, content), 'x');
    }
    const all = await copied();
    expect(Object.keys(all)).toHaveLength(2 * names.length);
    expect(all['x/-rf (2)']).toBe('two');
    expect(all['x/line\nbreak (2).jpg']).toBe('two');
    expect(all[`x/${'貓'.repeat(82)} (2).jpg`]).toBe('two');
  });

  it('never leave the folder through a link', async () => {
    await mkdir(join(root, 'elsewhere'));
    await mkdir(sorted);
    await symlink(join(root, 'elsewhere'), join(sorted, 'cat'));
    const file = await photo('cat.jpg', 'one');
    await expect(createCopies(sorted, '.part').copy(file, 'cat')).rejects.toThrow(
      /cat\.jpg: cannot be copied .*link/,
    );
    expect(await readdir(join(root, 'elsewhere'))).toEqual([]);
  });

  it('leave a link in the place of a copy as it is', async () => {
    const file = await photo('cat.jpg', 'one');
    const victim = await photo('victim', 'one');
    await mkdir(join(sorted, 'cat'), { recursive: true });
    await symlink(victim, join(sorted, 'cat/cat.jpg'));
    await createCopies(sorted, '.part').copy(file, 'cat');
    expect(await readFile(victim, 'utf8')).toBe('one');
    expect((await copied())['cat/cat (2).jpg']).toBe('one');
  });

  it('fail in one line', async () => {
    const copies = createCopies(sorted, '.part');
    await expect(copies.copy(join(root, 'missing.jpg'), 'cat')).rejects.toThrow(
      /missing\.jpg: .* \(ENOENT\)$/,
    );
    await photo('sorted/dog', 'a file');
    await expect(copies.copy(await photo('a.jpg', 'one'), 'dog')).rejects.toThrow(/a\.jpg: .* \(EEXIST\)$/);
  });
});

describe('--copy-to', () => {
  it('takes a folder and {label}', () => {
    expect(copyTarget('a/b/{label}', [])).toBe('a/b');
    expect(copyTarget('{label}', [])).toBe('.');
    for (const wrong of ['a/b', 'a/{label}/c', '{label}/{label}', 'a/x{label}'])
      expect(() => copyTarget(wrong, []), wrong).toThrow(/--copy-to: expected DIR\/\{label\}/);
  });

  it('refuses a folder among the photos, also by another path', async () => {
    await mkdir(join(root, 'photos'));
    await symlink(join(root, 'photos'), join(root, 'link'));
    const folders = [join(root, 'photos')];
    for (const inside of ['photos', 'photos/new/er', 'link/new', 'photos/../photos/x', 'photos/..x'])
      expect(() => copyTarget(join(root, inside, '{label}'), folders), inside).toThrow(
        /expected a folder outside of/,
      );
    for (const outside of ['sorted', 'photos2', '.'])
      expect(copyTarget(join(root, outside, '{label}'), folders)).toBe(join(root, outside));
  });
});
