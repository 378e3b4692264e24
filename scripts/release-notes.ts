import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { writeOutputs } from './lib/github/step.ts';
import { REPOSITORY } from './lib/paths.ts';
import { parseChangelog, sectionOf } from './lib/release/changelog.ts';
import { changesSinceRelease } from './lib/release/check.ts';
import { imageOption, releasedImages } from './lib/release/image-option.ts';
import { releaseNotes } from './lib/release/notes.ts';
import { openRepository } from './lib/release/repository.ts';
import { tagOption } from './lib/release/tag-option.ts';
import { isStable, versionOfTag } from './lib/release/version.ts';

await runCommand(
  {
    name: 'npm run release:notes --',
    summary:
      'Writes the text of a release, notes.md, and what belongs to it, openapi.json. Sets the outputs notes, prerelease and\n' +
      'version of a step in a workflow.',
    options: {
      tag: tagOption,
      output: text('FOLDER', { help: 'where the files go', default: 'release' }),
      repository: text('OWNER/NAME', {
        help: 'the repository on GitHub, for links. Without it: GITHUB_REPOSITORY',
      }),
      x86_64: imageOption('x86_64'),
      arm64: imageOption('arm64'),
    },
  },
  async ({ tag, output, repository: given, ...digests }) => {
    const version = versionOfTag(tag);
    const images = releasedImages(digests);
    const read = (path: string) => readFile(join(REPOSITORY, path), 'utf8');
    const clone = openRepository(REPOSITORY);
    const server = process.env['GITHUB_SERVER_URL'] ?? 'https://github.com';
    const name = given ?? process.env['GITHUB_REPOSITORY'] ?? 'OWNER/NAME';
    const notes = releaseNotes({
      tag,
      commit: await clone.commitOf(`refs/tags/${tag}`),
      changes: sectionOf(parseChangelog(await read('CHANGELOG.md')), version.text).body,
      benchmarks: await read('docs/benchmarks.md'),
      api: await changesSinceRelease(clone, version),
      images,
      repository: `${server}/${name}`,
    });
    await mkdir(output, { recursive: true });
    await writeFile(join(output, 'notes.md'), notes);
    await copyFile(join(REPOSITORY, 'docs/openapi.json'), join(output, 'openapi.json'));
    await writeOutputs({
      notes: join(output, 'notes.md'),
      prerelease: String(!isStable(version)),
      version: version.text,
    });
    console.log(join(output, 'notes.md'));
    return 0;
  },
);
