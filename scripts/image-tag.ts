import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { writeSummary } from './lib/github/step.ts';
import { architectureOption, publishedCommitOption, publishedImageOption } from './lib/supply/options.ts';
import { tagImage } from './lib/supply/tag.ts';

await runCommand(
  {
    name: 'npm run image:tag --',
    summary:
      'Gives a pushed image the tag COMMIT-ARCH, by which deployments find it: the last step of publishing. The tag never\n' +
      'moves.',
    examples: ['--image HOST/resnet50-images@sha256:HEX --commit $(git rev-parse HEAD) --arch x86_64'],
    activity: 'Tagging the image',
    options: { image: publishedImageOption, commit: publishedCommitOption, arch: architectureOption },
    explain: explainAwsError,
  },
  async ({ image, commit, arch }) => {
    const tag = await tagImage(image, commit, arch);
    await writeSummary(`Published for ${arch}: \`${image}\`, by its tag \`${tag}\`.`);
    console.log(`${image} has the tag ${tag}`);
    return 0;
  },
);
