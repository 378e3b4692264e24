import { pipelineSchema } from '../../../lib/pipeline/settings.ts';
import { settingsSchema } from '../../../lib/settings.ts';
import { markdownTable } from '../generated/markdown.ts';
import { jsonBlock } from './json-block.ts';
import { rowsOf } from './rows.ts';
import { settingsTable } from './stage-table.ts';
import { PIPELINE_EXAMPLE, STAGE_TOPICS, type StageExample } from './stage-topics.ts';
import { type Variable, variableTopics } from './variables.ts';

const INTRODUCTION = `# Settings

\`npm run settings\` generates this page from the schemas that check the settings.

- The service reads [environment variables](#environment-variables): on your machine, in a container and on Lambda.
- A deployment on AWS has [the settings of a stage](#settings-of-a-stage) in \`cdk.json\`. It sets the variables of the
  function.
- Deployments from GitHub have [the settings of the pipeline](#settings-of-the-pipeline) in \`cdk.json\`.

## Environment variables

The service checks the variables when it starts. If a value is wrong, or a name looks like a misspelled one
(\`MAX_PIXEL\`), it exits with a line for each of them:

\`\`\`text
Cannot start. Invalid settings:
  MAX_PIXELS: expected a whole number of pixels from 1 to 268000000, got "50 million"
\`\`\`

Write numbers in digits, without commas: \`MAX_PIXELS=50000000\`. An empty value means "not set".

| Where it runs | How to set a variable |
|---|---|
| \`npm start\`, \`npm run dev\` | In the shell: \`PORT=9000 npm start\`. Or in the file \`.env\` of the repository: \`cp .env.example .env\`, then remove the \`#\` in front of a variable. The shell wins. Git ignores the file |
| A container | \`docker run -e LOG_LEVEL=WARN …\`. The container does not read \`.env\`. \`docker compose up\` reads it on your machine, for the variables that \`compose.yaml\` names |
| Lambda | In the [settings of the stage](#settings-of-a-stage). Variables without such a setting have their defaults |

The functions beside the service, such as the checks of a deployment, have variables of their own. The stage sets all of
them.`;

const STAGES = `## Settings of a stage

There are four stages: \`local\` (for the [emulator](emulator.md)), \`dev\`, \`staging\` and \`prod\`. To change a setting, add
it under \`context.stages\` in \`cdk.json\`. \`npx cdk deploy -c stage=prod\` deploys it. An unknown setting or an invalid value
stops the command with an error that names it.

Objects are merged with the defaults key by key. Lists, and objects of another \`kind\`, are replaced. \`"off"\` switches a
feature off. Where a stage has \`"off"\` by default, an object needs all keys that have no default of their own.

The defaults are in \`lib/stages.ts\`.`;

const PIPELINE = `## Settings of the pipeline

\`npm run pipeline\` deploys what a repository on GitHub needs to deploy the stages: [delivery.md](delivery.md). Its
settings are under \`context.pipeline\` in \`cdk.json\`.`;

/** docs/settings.md: every variable of the service, every setting of a stage, and those of the pipeline. */
export function settingsDocument(): string {
  const variables = variableTopics().map(
    ({ title, variables: all }) => `### ${title}\n\n${variablesTable(all)}`,
  );
  const stages = STAGE_TOPICS.map(({ title, settings, examples }) => {
    const rows = settings.flatMap((name) => rowsOf(settingsSchema.shape[name], [name]));
    return [`### ${title}`, settingsTable(rows, { stages: true }), ...examples.map(stageExample)].join(
      '\n\n',
    );
  });
  const pipelineRows = Object.entries(pipelineSchema.shape).flatMap(([name, schema]) =>
    rowsOf(schema, [name]),
  );
  const pipeline = [
    settingsTable(pipelineRows, { stages: false }),
    jsonBlock('{ "context": { "pipeline": {', PIPELINE_EXAMPLE, '} } }'),
  ];
  return `${[INTRODUCTION, ...variables, STAGES, ...stages, PIPELINE, ...pipeline].join('\n\n')}\n`;
}

function variablesTable(variables: readonly Variable[]): string {
  return markdownTable(
    ['Variable', 'Value', 'Default', 'What it does', 'Example'],
    variables.map((variable) => [
      `\`${variable.name}\``,
      variable.expected,
      defaultsOf(variable).join('<br>'),
      variable.text,
      variable.example === '' ? '' : `\`${variable.example}\``,
    ]),
    { align: 'left' },
  );
}

const defaultsOf = ({ fallback, unset, image, lambda }: Variable): readonly string[] => [
  fallback === undefined ? (unset ?? '') : `\`${fallback}\``,
  ...(image === undefined ? [] : [`in the image: \`${image}\``]),
  ...(lambda === undefined ? [] : [`on Lambda: ${lambda}`]),
];

const stageExample = ({ lead, stage, settings }: StageExample): string =>
  `${lead}\n\n${jsonBlock(`{ "context": { "stages": { "${stage}": {`, settings, '} } } }')}`;
