import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { explainAwsError } from './lib/aws/explain-error.ts';
import { readStackOutputs } from './lib/aws/stack-outputs.ts';
import { runCommand } from './lib/command/command.ts';
import { confirm } from './lib/command/confirm.ts';
import { choice, flag, text } from './lib/command/options.ts';
import { checkRequest, KEY_ACTIONS, runKeyAction } from './lib/keys/keys.ts';
import { stageKeysOf } from './lib/keys/stage-keys.ts';
import { stageOption } from './lib/stages/load.ts';

await runCommand(
  {
    name: 'npm run keys --',
    summary:
      'Lists and changes the API keys of a deployed stage, such as `npm run keys -- create acme --stage prod`.\n' +
      'A value is printed only by `show` and by `create --show`, to stdout; `npm run keys --silent` prints nothing else there.\n' +
      'Disable a key before you delete it, and see that nobody needs it.',
    examples: ['--stage prod', 'create acme --stage prod', 'disable acme --stage prod'],
    positionals: {
      action: choice(KEY_ACTIONS, { help: KEY_ACTIONS.join(', '), default: 'list' }),
      key: text('KEY', { help: 'the name or the id of a key; the name of a new one' }),
    },
    options: {
      stage: stageOption,
      show: flag('prints the value of the key that it creates'),
      yes: flag('deletes without asking'),
    },
    exitCodes: { success: 'done', failure: 'failed or not confirmed' },
    explain: explainAwsError,
  },
  async ({ stage, ...request }) => {
    checkRequest(request);
    const outputs = await readStackOutputs(new CloudFormationClient({}), stage);
    const isDone = await runKeyAction(
      stageKeysOf(new APIGatewayClient({}), stage, outputs),
      {
        print: (text) => console.log(text),
        say: (line) => console.error(line),
        isTerminal: process.stdout.isTTY,
        confirm: request.yes ? async () => true : confirm,
      },
      request,
    );
    return isDone ? 0 : 1;
  },
);
