import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../paths.ts';

const IS_LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

/** The files of licences/ with the text of a licence; LGPL-3.0 adds to the terms of GPL-3.0, so it needs both. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'LGPL-3.0-or-later': ['LGPL-3.0.txt', 'GPL-3.0.txt'],
};

/** The texts of licences by their SPDX ids, without the lines that name copyright holders. */
export function standardTexts(ids: readonly string[]): Promise<string[]> {
  return ownTexts(ids.flatMap((id) => FILES[id] ?? [`${id}.txt`]));
}

/** Texts of files in licences/. */
export function ownTexts(files: readonly string[]): Promise<string[]> {
  return Promise.all(
    files.map(async (file) => tidy(await readFile(join(REPOSITORY, 'licences', file), 'utf8'))),
  );
}

/**
 * The licences and notices that an installed package carries.
 *
 * @param folder of the package, from the repository's root.
 * @param others further files of it that are such texts.
 */
export async function packageTexts(folder: string, others: readonly string[] = []): Promise<string[]> {
  const files = (await readdir(join(REPOSITORY, folder))).filter((name) => IS_LICENCE_FILE.test(name)).sort();
  return Promise.all(
    [...files, ...others].map(async (name) => tidy(await readFile(join(REPOSITORY, folder, name), 'utf8'))),
  );
}

const packageJson = (folder: string) => readFile(join(REPOSITORY, folder, 'package.json'), 'utf8');

/** Where an installed package says that its source is, as a web address. */
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

/** Texts that differ by the ends of their lines only are the same text. */
function tidy(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[ \t]+$/gm, '')
    .replace(/^\n+/, '')
    .trimEnd();
}
