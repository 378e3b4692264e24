import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { docker, IMAGE } from './lib/docker/docker.ts';
import { writeOutputs } from './lib/github/step.ts';
import { PLATFORMS } from './lib/supply/architecture.ts';
import { ownImagesRepository } from './lib/supply/images-repository.ts';
import { MODELS } from './lib/supply/labels.ts';
import { architectureOption } from './lib/supply/options.ts';
import { pushArchive } from './lib/supply/push.ts';
import { knownComponents } from './lib/supply/sbom/components.ts';
import { writeSbom } from './lib/supply/sbom/write.ts';

await runCommand(
  {
    name: 'npm run image:push --',
    summary:
      'Pushes an image of the Docker engine under a temporary tag, and writes what is in it: sbom.spdx.json and\n' +
      'sbom.cyclonedx.json. Prints the image by its digest. image:tag makes it an image that deployments find.',
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
    const models: string = Config.Labels?.[MODELS] ?? '';
    const folder = await mkdtemp(join(tmpdir(), 'push-'));
    try {
      const archive = join(folder, 'image.tar');
      // By its id: a name without a tag would save all its tags.
      await docker('save', '--output', archive, Id);
      const pushed = await pushArchive(archive, to ?? (await ownImagesRepository()));
      const components = await knownComponents(arch, models.split(',').filter(Boolean));
      const { spdx, cyclonedx } = await writeSbom(archive, pushed, components, sbom);
      const { repository, digest } = pushed;
      await writeOutputs({ image: pushed.image, repository, digest, spdx, cyclonedx });
      console.log(pushed.image);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return 0;
  },
);
