import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { choice, text } from './lib/command/options.ts';
import { findingsMarkdown } from './lib/findings/markdown.ts';
import { reportFindings } from './lib/findings/report.ts';
import { writeSummary } from './lib/github/step.ts';
import { ARCHITECTURES } from './lib/supply/architecture.ts';
import {
  publishedCommitOption,
  publishedImageOption,
  readTrust,
  trustOptions,
} from './lib/supply/options.ts';
import { readBundles, verifyImage } from './lib/supply/verify.ts';

await runCommand(
  {
    name: 'npm run image:verify --',
    summary:
      'Checks that an image may be deployed: who has signed it, from which commit it was built, that its SBOM is signed, and\n' +
      'its labels.',
    examples: ['--image HOST/resnet50-images@sha256:HEX --commit $(git rev-parse HEAD)'],
    activity: 'Verifying the image',
    options: {
      image: publishedImageOption,
      commit: publishedCommitOption,
      arch: choice(ARCHITECTURES, { help: 'the architecture that it must have' }),
      models: text('A,B', { help: 'folders in models/ that it must have' }),
      ...trustOptions,
      save: text('FOLDER', {
        help: 'if it may be deployed, writes its signatures and attestations to attestations.jsonl in this folder',
      }),
    },
    exitCodes: { success: 'it may be deployed', failure: 'it may not, or the check failed' },
    explain: explainAwsError,
  },
  async ({ image, commit, arch, models, key, signer, save }) => {
    const findings = await verifyImage({
      image,
      commit,
      architecture: arch,
      models: models?.split(','),
      trust: await readTrust({ key, signer }),
    });
    await writeSummary(findingsMarkdown(`Verification of ${image}`, findings));
    const code = reportFindings(findings);
    if (code === 0 && save !== undefined) {
      await mkdir(save, { recursive: true });
      await writeFile(join(save, 'attestations.jsonl'), await readBundles(image));
    }
    return code;
  },
);
