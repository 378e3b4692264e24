import { readFile } from 'node:fs/promises';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { readRepository } from './lib/stages/load.ts';
import { attestBuild } from './lib/supply/attest.ts';
import { keyOption, publishedImageOption } from './lib/supply/options.ts';

await runCommand(
  {
    name: 'npm run image:attest --',
    summary:
      'Signs with cosign how a pushed image was built (SLSA v1, as actions/attest writes it) and what is in it (SPDX). For\n' +
      'repositories in which GitHub allows no artifact attestations, and for images that this checkout built.',
    examples: ['--image HOST/resnet50-images@sha256:HEX --spdx sbom.spdx.json --key cosign.key'],
    activity: 'Signing the attestations',
    options: {
      image: publishedImageOption,
      spdx: text('FILE', { help: 'the SBOM that image:push has written', required: true }),
      key: keyOption,
    },
    explain: explainAwsError,
  },
  async ({ image, spdx, key }) => {
    await attestBuild({
      image,
      spdx: JSON.parse(await readSpdx(spdx)),
      repository: await readRepository(),
      key,
    });
    console.log(`Attested the provenance and the SBOM of ${image}`);
    return 0;
  },
);

async function readSpdx(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(
      `--spdx: expected the file that npm run image:push has written, got ${path} (${cause.code})`,
      { cause },
    );
  });
}
