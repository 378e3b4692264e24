import { explainAwsError } from './lib/aws/explain-error.ts';
import { runCommand } from './lib/command/command.ts';
import { keyOption, publishedImageOption } from './lib/supply/options.ts';
import { signImage } from './lib/supply/sign.ts';

await runCommand(
  {
    name: 'npm run image:sign --',
    summary:
      'Signs a pushed image with cosign: on GitHub with the identity of the workflow, which needs the permission id-token: write\n' +
      "and puts the digest and the name of the repository on GitHub into Sigstore's public log; elsewhere with a key.",
    examples: ['--image HOST/resnet50-images@sha256:HEX --key cosign.key'],
    activity: 'Signing the image',
    options: { image: publishedImageOption, key: keyOption },
    explain: explainAwsError,
  },
  async ({ image, key }) => {
    await signImage(image, key);
    console.log(`Signed ${image}`);
    return 0;
  },
);
