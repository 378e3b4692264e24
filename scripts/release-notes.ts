import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { writeOutputs } from './lib/github/step.ts';
import { REPOSITORY } from './lib/paths.ts';
import { parseChangelog, sectionOf } from './lib/release/changelog.ts';
import { changesSinceRelease } from './lib/release/check.ts';
import { copyImageFiles, readImages } from './lib/release/images.ts';
import { releaseNotes } from './lib/release/notes.ts';
import { openRepository } from './lib/release/repository.ts';
import { tagOption } from './lib/release/tag-option.ts';
import { versionOfTag } from './lib/release/version.ts';

await runCommand(
  {
    name: 'npm run release:notes --',
    summary:
      'Writes the text of a release, notes.md, and in assets/ the files that belong to it: openapi.json, and what --images\n' +
      'has. Sets the output notes of a step in a workflow.',
    examples: ['--tag v1.2.3 --repository OWNER/NAME'],
    activity: 'Writing the release',
    options: {
      tag: tagOption,
      output: text('FOLDER', { help: 'where the files go', default: '.cache/release' }),
      repository: text('OWNER/NAME', {
        help: 'the repository on GitHub, for links. Without it: GITHUB_REPOSITORY',
      }),
      images: text('FOLDER', {
        help: 'the artifacts of publish-image.yml: a folder for each architecture, with SBOMs and signatures',
      }),
    },
  },
  async ({ tag, output, repository: given, images: folder }) => {
    const version = versionOfTag(tag);
    const images = folder === undefined ? [] : await readImages(folder);
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
    const assets = join(output, 'assets');
    await rm(assets, { recursive: true, force: true });
    await mkdir(assets, { recursive: true });
    await writeFile(join(output, 'notes.md'), notes);
    await copyFile(join(REPOSITORY, 'docs/openapi.json'), join(assets, 'openapi.json'));
    await copyImageFiles(images, assets);
    await writeOutputs({ notes: join(output, 'notes.md') });
    console.log(join(output, 'notes.md'));
    return 0;
  },
);
