import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ECRClient } from '@aws-sdk/client-ecr';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { readStackOutputs } from './lib/aws/stack-outputs.ts';
import { alignColumns } from './lib/command/columns.ts';
import { runCommand } from './lib/command/command.ts';
import { flag, text } from './lib/command/options.ts';
import { findRunning } from './lib/deploy/running.ts';
import { markdownTable } from './lib/generated/markdown.ts';
import { writeOutputs, writeSummary } from './lib/github/step.ts';
import { stageOption } from './lib/stages/load.ts';
import { saveImage } from './lib/supply/save.ts';

await runCommand(
  {
    name: 'npm run deployed --',
    summary:
      'Says what a stage runs: the version, the image by its digest, the commit and since when. Outputs: version, image,\n' +
      'digest, commit.',
    examples: ['--stage prod', '--stage prod --json', '--stage prod --save image.tar'],
    activity: 'Reading the stage',
    options: {
      stage: stageOption,
      save: text('FILE', { help: 'also saves the image, as a tar file' }),
      json: flag('prints JSON'),
    },
    explain: explainAwsError,
  },
  async ({ stage, save, json }) => {
    const outputs = await readStackOutputs(new CloudFormationClient({}), stage);
    const running = await findRunning(new LambdaClient({}), (region) => new ECRClient({ region }), outputs);
    const { version, image, digest, commit, published } = running;
    if (save !== undefined) await saveImage(image, save);
    await writeOutputs({ version, image, digest, ...(commit === undefined ? {} : { commit }) });
    const rows = [
      ['version', version],
      ['published', published],
      ['image', image],
      ['commit', commit ?? 'unknown: the image was built by a deployment, or its tags may not be read'],
    ];
    const shown = rows.map(([name = '', value = '']) => [name, `\`${value}\``]);
    await writeSummary(`## What ${stage} runs\n\n${markdownTable(['', ''], shown, { align: 'left' })}`);
    console.log(json ? JSON.stringify(running, null, 2) : alignColumns(rows));
    return 0;
  },
);
