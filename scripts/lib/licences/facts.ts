import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { REPOSITORY } from '../paths.ts';

const copyright = z.array(z.string().min(1)).optional();
/** Names of files in licences/. */
const texts = z.array(z.string().min(1)).optional();

const partSchema = z.strictObject({
  name: z.string().min(1),
  version: z.string().min(1).optional(),
  licence: z.string().min(1),
  source: z.url().optional(),
  copyright,
  /** If the text of the licence alone is not enough. */
  texts,
  /** Its name in libvips' versions.json, if different. */
  versionsJson: z.string().optional(),
});

const packageSchema = z.strictObject({
  /** Another package with the same texts and source. */
  like: z.string().optional(),
  source: z.url().optional(),
  copyright,
});

const factsSchema = z.strictObject({
  /**
   * Packages of package-lock.json that come without the text of their licence, or only for other platforms.
   */
  packages: z.record(z.string(), packageSchema),
  /** Packages of scripts/image/client/package-lock.json that the Dockerfile copies. */
  client: z.record(z.string(), packageSchema),
  /** What compiled files contain, which no lock file says. */
  contents: z.array(
    z.strictObject({
      /** The package, or other thing with a version, that these facts describe. */
      of: z.string(),
      version: z.string(),
      title: z.string(),
      about: z.string(),
      parts: z.array(partSchema),
    }),
  ),
});

export type Facts = z.infer<typeof factsSchema>;
export type Part = z.infer<typeof partSchema>;
export type PackageFacts = z.infer<typeof packageSchema>;

/** What was found out about licences by hand. */
export async function readFacts(): Promise<Facts> {
  return factsSchema.parse(
    JSON.parse(await readFile(`${REPOSITORY}scripts/lib/licences/facts.json`, 'utf8')),
  );
}

/**
 * One line for each set of facts that describes a version other than the one in use.
 *
 * @param versionOf the version in use.
 */
export function outdatedFacts(
  { contents }: Facts,
  versionOf: (of: string) => string | undefined,
): readonly string[] {
  return contents
    .filter(({ of, version }) => versionOf(of) !== version)
    .map(
      ({ of, version }) =>
        `facts.json: expected the contents of ${of} ${versionOf(of) ?? '(not in use)'}, got those of ${version}`,
    );
}
