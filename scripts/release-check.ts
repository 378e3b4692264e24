import { runCommand } from './lib/command/command.ts';
import { flag } from './lib/command/options.ts';
import { runChecks } from './lib/findings/finding.ts';
import { reportFindings } from './lib/findings/report.ts';
import { writeOutputs } from './lib/github/step.ts';
import { REPOSITORY } from './lib/paths.ts';
import { releaseChecks } from './lib/release/check.ts';
import { openRepository } from './lib/release/repository.ts';
import { tagOption } from './lib/release/tag-option.ts';
import { isStable, versionOfTag } from './lib/release/version.ts';

await runCommand(
  {
    name: 'npm run release:check --',
    summary:
      'Checks that the commit of a tag can be released: it is on main, all files have the version of the tag, CHANGELOG.md\n' +
      'has a section for it, and breaking changes of the API are declared there and have a new major version. Needs all tags.\n' +
      'Sets the outputs version and prerelease of a step in a workflow.',
    examples: ['--tag v1.2.3'],
    activity: 'Checking the release',
    options: { tag: tagOption, json: flag('prints JSON') },
    exitCodes: { success: 'it can be released', failure: 'it cannot' },
  },
  async ({ tag, json }) => {
    const version = versionOfTag(tag);
    const findings = await runChecks(releaseChecks(openRepository(REPOSITORY), tag, version));
    await writeOutputs({ version: version.text, prerelease: String(!isStable(version)) });
    return reportFindings(findings, { json });
  },
);
