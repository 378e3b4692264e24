import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a person would change the version by hand. The group before the version is kept. */
const WRITTEN: Readonly<Record<string, readonly RegExp[]>> = {
  'package.json': [/^( {2}"version": ")([^"]*)/m],
  'package-lock.json': [
    /^( {2}"version": ")([^"]*)/m,
    /^( {2}"packages": \{\s+"": \{\s+"name": "[^"]*",\s+"version": ")([^"]*)/m,
  ],
  'lambda/version.ts': [/^(export const VERSION = ')([^']*)/m],
};
/** What `npm run openapi:record` makes. */
const GENERATED: Readonly<Record<string, readonly RegExp[]>> = {
  'docs/openapi.json': [/^( {2}"info": \{[^}]*?^ {4}"version": ")([^"]*)/m],
};

export interface ToldVersion {
  readonly file: string;
  readonly version: string;
}

/** The versions that the files tell: one of each place. @throws Error if a place has none. */
export async function toldVersions(root: string): Promise<ToldVersion[]> {
  const places = Object.entries({ ...WRITTEN, ...GENERATED });
  const told = await Promise.all(
    places.map(async ([file, patterns]) => {
      const text = await readFile(join(root, file), 'utf8');
      return patterns.map((pattern) => ({ file, version: find(pattern, text, file) }));
    }),
  );
  return told.flat();
}

/** Writes the version into all files that have it, except the generated ones. */
export async function writeVersion(root: string, version: string): Promise<void> {
  for (const [file, patterns] of Object.entries(WRITTEN)) {
    let text = await readFile(join(root, file), 'utf8');
    for (const pattern of patterns) {
      find(pattern, text, file);
      text = text.replace(pattern, (_, before: string) => before + version);
    }
    await writeFile(join(root, file), text);
  }
}

function find(pattern: RegExp, text: string, file: string): string {
  const version = pattern.exec(text)?.[2];
  if (version === undefined) throw new Error(`${file}: expected a version that matches ${pattern}, got none`);
  return version;
}
