import { modelFolders } from '../lambda/config/models.ts';
import { runCommand } from './lib/command/command.ts';
import { text } from './lib/command/options.ts';
import { checkBundle } from './lib/model/check/check.ts';
import { describeBundle } from './lib/model/check/describe.ts';
import { example as examplePhoto, MODELS } from './lib/paths.ts';

await runCommand(
  {
    name: 'npm run model:check --',
    summary:
      'Loads a model bundle as the service does, with its checksums, and classifies a photo. Compares the class\n' +
      'activation maps with the scores.',
    examples: ['resnet50', './my-model --example photo.jpg'],
    activity: 'Loading the model',
    positionals: {
      model: text('MODEL', { help: 'a folder in models/, or the path of another bundle', required: true }),
    },
    options: {
      example: text('FILE', { help: 'the photo', default: 'examples/cat.jpg' }),
    },
    exitCodes: { success: 'the service can use the bundle', failure: 'it cannot' },
  },
  async ({ model, example }) => {
    const [directory] = modelFolders([model], { repository: MODELS, isLambda: false });
    const photo = example === 'examples/cat.jpg' ? examplePhoto('cat.jpg') : example;
    console.log(describeBundle(await checkBundle(directory, photo), example));
    return 0;
  },
);
