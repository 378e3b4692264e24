import { join } from 'node:path';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { findPlace, publishedRepository } from './lib/deploy/place.ts';
import { docker, IMAGE } from './lib/docker/docker.ts';
import { writeOutputs } from './lib/github/step.ts';
import { PLATFORMS } from './lib/supply/architecture.ts';
import { MODELS, REVISION } from './lib/supply/labels.ts';
import { architectureOption } from './lib/supply/options.ts';
import { pushOnce } from './lib/supply/push.ts';
import { knownComponents } from './lib/supply/sbom/components.ts';
import { writeSbom } from './lib/supply/sbom/write.ts';
import { temporaryFolder } from './lib/system/temporary-folder.ts';

await runCommand(
  {
    name: 'npm run image:push --',
    summary:
      'Pushes an image of the Docker engine under a temporary tag, and writes what is in it: sbom.spdx.json and\n' +
      'sbom.cyclonedx.json. Prints the image by its digest. image:tag makes it an image that deployments find. If an image\n' +
      'of the commit is published already, takes that one, and pushes nothing. Outputs: image, repository, digest, spdx,\n' +
      'cyclonedx, and new, which is true or false.',
    examples: ['--arch x86_64', '--arch arm64 --to localhost:5000/resnet50'],
    activity: 'Pushing the image',
    options: {
      to: text('HOST/REPOSITORY', {
        help: 'where to (default: resnet50-images in ECR, in the account and region of the AWS credentials)',
      }),
      image: text('NAME', { help: 'the image', default: IMAGE }),
      arch: architectureOption,
      sbom: text('FOLDER', { help: 'where the lists of its contents go', default: '.cache/sbom' }),
    },
    explain: explainAwsError,
  },
  async ({ to, image, arch, sbom }) => {
    const { Id, Architecture, Config } = JSON.parse(
      await docker('image', 'inspect', '--format', '{{json .}}', image),
    );
    if (Architecture !== PLATFORMS[arch]) {
      throw new Error(`${image}: expected an image for ${PLATFORMS[arch]}, got one for ${Architecture}`);
    }
    const { [MODELS]: models = '', [REVISION]: commit = '' }: Record<string, string> = Config.Labels ?? {};
    using folder = await temporaryFolder('push-');
    const archive = join(folder.path, 'image.tar');
    // By its id: a name without a tag would save all its tags.
    await docker('save', '--output', archive, Id);
    const repository = to ?? publishedRepository(await findPlace());
    const pushed = await pushOnce({ archive, to: repository, commit, architecture: arch });
    const components = await knownComponents(arch, models.split(',').filter(Boolean));
    const { spdx, cyclonedx } = await writeSbom(archive, pushed, components, sbom);
    const { image: name, digest, isNew } = pushed;
    await writeOutputs({ image: name, repository, digest, spdx, cyclonedx, new: String(isNew) });
    if (!isNew) console.error('An image of this commit is published already. Nothing was pushed.');
    console.log(name);
    return 0;
  },
);
