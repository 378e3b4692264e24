import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findPhotos } from '../../../../scripts/lib/classify/photos/find-photos.ts';
import { encode } from '../../../support/images.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'find-photos-'));
});
afterEach(() => rm(root, { recursive: true }));

async function write(name: string, content: string | Uint8Array = 'x'): Promise<void> {
  await mkdir(dirname(join(root, name)), { recursive: true });
  await writeFile(join(root, name), content);
}
const found = async (...names: readonly string[]) => {
  const { files, skipped } = await findPhotos(names.map((name) => join(root, name)));
  return { files: files.map((file) => relative(root, file)), skipped };
};

describe('a folder', () => {
  it('gives its photos and those of the folders in it, in the order of the names', async () => {
    for (const name of ['b.jpg', 'a/2.PNG', 'a/10.jpg', 'c.webp', 'B.jpeg', 'a/deep/er/x.avif'])
      await write(name);
    expect(await found('.')).toEqual({
      files: ['B.jpeg', 'a/10.jpg', 'a/2.PNG', 'a/deep/er/x.avif', 'b.jpg', 'c.webp'],
      skipped: 0,
    });
  });

  it('takes every file that is called an image or begins as one, and counts the others', async () => {
    await write('no-extension', await encode('gif', 4, 4));
    await write('wrong.dat', await encode('avif', 64, 64));
    await write('text-called.jpg', 'no image');
    await write('phone.HEIC');
    await write('README.md', 'about the photos');
    await write('empty', '');
    expect(await found('.')).toEqual({
      files: ['no-extension', 'phone.HEIC', 'text-called.jpg', 'wrong.dat'],
      skipped: 2,
    });
  });

  it('leaves out hidden files and symbolic links, also to photos outside and to itself', async () => {
    await write('photos/a.jpg');
    await write('photos/._a.jpg');
    await write('photos/.thumbnails/a.jpg');
    await write('secret.jpg');
    await symlink(join(root, 'secret.jpg'), join(root, 'photos/link.jpg'));
    await symlink(join(root, 'photos'), join(root, 'photos/loop'));
    expect(await found('photos')).toEqual({ files: ['photos/a.jpg'], skipped: 3 });
  });
});

describe('a list', () => {
  it.each([
    ['LF', '\n', 'utf8', ''],
    ['CRLF', '\r\n', 'utf8', ''],
    ['a byte order mark', '\n', 'utf8', '\ufeff'],
    ['UTF-16, as PowerShell writes it', '\r\n', 'utf16le', '\ufeff'],
  ] as const)(
    'with %s has a path on each line, with spaces and any characters',
    async (_, end, encoding, mark) => {
      const names = ['with  spaces .jpg', 'Ünïcode 貓 🐈.jpg', '#1.jpg', "it's.jpg", 'a.txt', 'missing.jpg'];
      const lines = [...names.slice(0, 3), '', '  ', ...names.slice(3)];
      await write('list.txt', Buffer.from(`${mark}${lines.join(end)}`, encoding));
      expect(await found('list.txt')).toEqual({ files: names, skipped: 0 });
    },
  );

  it('has paths from the working directory if the first of them is there, else from its own folder', async () => {
    await write('photos/a.jpg');
    await write('lists/list.TXT', 'package.json\nnot/there.jpg\n');
    const { files } = await findPhotos([join(root, 'lists/list.TXT')]);
    expect(files).toEqual(['package.json', join('not', 'there.jpg')]);
    await write('lists/list.txt', '../photos/a.jpg\n/absolute/b.jpg\n');
    expect((await findPhotos([join(root, 'lists/list.txt')])).files).toEqual([
      join(root, 'photos/a.jpg'),
      '/absolute/b.jpg',
    ]);
  });

  it('is refused if it is no text', async () => {
    await write('list.txt', Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
    await expect(found('list.txt')).rejects.toThrow(/list\.txt: expected a list of photos in UTF-8/);
  });
});

describe('arguments', () => {
  it('keep their order, and name each photo once', async () => {
    await write('b/1.jpg');
    await write('b/2.jpg');
    await write('a.unknown');
    await write('list.txt', 'a.unknown\nb/../b/1.jpg\nlast.jpg\nlast.jpg\n');
    expect(await found('b/2.jpg', 'list.txt', 'b', 'a.unknown')).toEqual({
      files: ['b/2.jpg', 'a.unknown', 'b/1.jpg', 'last.jpg'],
      skipped: 0,
    });
  });

  it('are refused if nothing is there, or no photo', async () => {
    await expect(found('nowhere')).rejects.toThrow(/nowhere: expected a folder, a photo or a list.*ENOENT/);
    await write('README.md');
    await expect(found('.')).rejects.toThrow(/expected photos, got none \(1 other files\)$/);
  });
});
