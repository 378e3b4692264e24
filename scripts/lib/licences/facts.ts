import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const copyright = z.array(z.string().min(1)).optional();
/** Names of files in licences/. */
const texts = z.array(z.string().min(1)).optional();

const partSchema = z.strictObject({
  name: z.string().min(1),
  version: z.string().min(1).optional(),
  licence: z.string().min(1),
  source: z.url().optional(),
  copyright,
  /** Where the licence's own text is not enough. */
  texts,
  /** Its name in libvips' versions.json, where that is another one. */
  versionsJson: z.string().optional(),
});

const packageSchema = z.strictObject({
  /** The package whose texts and source are also those of this one. */
  like: z.string().optional(),
  source: z.url().optional(),
  copyright,
});

const factsSchema = z.strictObject({
  /** Packages of package-lock.json that come without the text of their licence, or for other platforms than this one. */
  packages: z.record(z.string(), packageSchema),
  /** Packages of scripts/image/client/package-lock.json that the Dockerfile copies. */
  client: z.record(z.string(), packageSchema),
  /** What compiled files are made of, which no lock file says. */
  contents: z.array(
    z.strictObject({
      /** A package, or another thing with a version, that these facts are about. */
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

/** What was found out by hand about licences and is written down in facts.json. */
export async function readFacts(): Promise<Facts> {
  return factsSchema.parse(JSON.parse(await readFile(new URL('facts.json', import.meta.url), 'utf8')));
}

/**
 * One line for each set of facts that is about another version than the one that is used.
 *
 * @param versionOf the version that is used of what `of` names.
 */
export function outdatedFacts(
  { contents }: Facts,
  versionOf: (of: string) => string | undefined,
): readonly string[] {
  return contents
    .filter(({ of, version }) => versionOf(of) !== version)
    .map(
      ({ of, version }) =>
        `facts.json: what it says about the contents of ${of} is of version ${version}, and ${versionOf(of) ?? 'none'} is used`,
    );
}
