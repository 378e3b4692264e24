import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { REPOSITORY } from '../paths.ts';
import type { Facts, Part } from './facts.ts';

/** A crate's folder in cargo's cache, as it appears in panic messages. */
const CRATE = /\/index\.crates\.io-[0-9a-f]+\/([A-Za-z0-9_-]+?)-(\d[A-Za-z0-9.+-]*)\//g;

/**
 * The files that say what a compiled file contains. Only those of this machine's architecture are installed.
 */
const STATEMENTS = ['x64', 'arm64'].flatMap((arch) => [
  {
    of: '@img/sharp-libvips-linux-x64',
    file: `@img/sharp-libvips-linux-${arch}/versions.json`,
    parts: librariesOf,
    nameOf: ({ name, versionsJson }: Part) => versionsJson ?? name,
  },
  {
    of: '@napi-rs/image',
    file: `@napi-rs/image-linux-${arch}-gnu/image.linux-${arch}-gnu.node`,
    parts: cratesOf,
    nameOf: ({ name }: Part) => name,
  },
]);

/**
 * One line for each part of an installed compiled file that is missing from the facts, or has another version
 * there.
 */
export async function contradictions({ contents }: Facts): Promise<readonly string[]> {
  const lines = await Promise.all(
    STATEMENTS.map(async ({ of, file, parts, nameOf }) => {
      const bytes = await readFile(join(REPOSITORY, 'node_modules', file)).catch(() => undefined);
      if (!bytes) return [];
      const known = contents.find((one) => one.of === of)?.parts ?? [];
      const names = new Set(known.map((part) => `${nameOf(part)} ${part.version}`));
      return parts(bytes.toString('latin1'))
        .filter((part) => !names.has(part))
        .map((part) => `${file} contains ${part}, which is missing from facts.json`);
    }),
  );
  return lines.flat();
}

function librariesOf(text: string): string[] {
  return Object.entries(JSON.parse(text)).map(([name, version]) => `${name} ${version}`);
}

function cratesOf(text: string): string[] {
  return [...new Set([...text.matchAll(CRATE)].map(([, name, version]) => `${name} ${version}`))];
}
