import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../paths.ts';

const IS_LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

/** Files in licences/. LGPL-3.0 adds terms to GPL-3.0, so it needs both texts. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'LGPL-3.0-or-later': ['LGPL-3.0.txt', 'GPL-3.0.txt'],
};

/** The texts of licences by their SPDX ids, without copyright lines. */
export function standardTexts(ids: readonly string[]): Promise<string[]> {
  return ownTexts(ids.flatMap((id) => FILES[id] ?? [`${id}.txt`]));
}

/** The texts of files in licences/. */
export function ownTexts(files: readonly string[]): Promise<string[]> {
  return Promise.all(
    files.map(async (file) => tidy(await readFile(join(REPOSITORY, 'licences', file), 'utf8'))),
  );
}

/**
 * The licences and notices of an installed package.
 *
 * @param folder of the package, in the repository.
 * @param others further files of the package with such texts.
 */
export async function packageTexts(folder: string, others: readonly string[] = []): Promise<string[]> {
  const files = (await readdir(join(REPOSITORY, folder))).filter((name) => IS_LICENCE_FILE.test(name)).sort();
  return Promise.all(
    [...files, ...others].map(async (name) => tidy(await readFile(join(REPOSITORY, folder, name), 'utf8'))),
  );
}

const packageJson = (folder: string) => readFile(join(REPOSITORY, folder, 'package.json'), 'utf8');

/** The web address of the source of an installed package, by its package.json. */
export async function packageSource(folder: string): Promise<string | undefined> {
  const { repository: stated } = JSON.parse(await packageJson(folder)) as {
    repository?: string | { url?: string };
  };
  const url = typeof stated === 'string' ? stated : stated?.url;
  return url
    ?.replace(/^git\+/, '')
    .replace(/^git:\/\//, 'https://')
    .replace(/^git@([^:]+):/, 'https://$1/')
    .replace(/^(?=[\w.-]+\/[\w.-]+$)/, 'https://github.com/')
    .replace(/\.git$/, '');
}

/** Texts that differ only in line endings and trailing spaces become the same text. */
function tidy(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .replace(/^\n+/, '')
    .trimEnd();
}
