import { checkPipeline } from './pipeline.ts';

/** A program of another project, with arguments. The names are those in node_modules/.bin. */
export type Step = readonly [program: string, ...args: readonly string[]];

/** What an npm script runs that has no command of this repository. */
export interface Tool {
  /** Sentences after the line of `npm run help`. */
  readonly summary: string;
  /** Arguments that people often need. */
  readonly examples: readonly string[];
  /** One after the other, until one fails. */
  readonly steps: readonly [Step, ...Step[]];
  /** Which program reads further arguments: the last step. Undefined if none does. */
  readonly reader?: { readonly name: string; readonly help: string };
  /** Refuses arguments before anything runs. @throws UsageError, or an Error whose message says what to change */
  readonly check?: (args: readonly string[]) => Promise<void>;
  /** Variables that the steps get unless the environment has them. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Biome writes its colours into pipes too, and around each character. */
const biome = (...args: readonly string[]): Step => {
  const hasColours = process.stdout.isTTY && process.stdout.hasColors();
  return ['biome', ...args, ...(hasColours ? [] : ['--colors=off'])];
};

/** The Node.js that runs npm, and not the one among the packages of this repository. */
const NODE_OF_NPM = '$npm_node_execpath';
const VITEST = { name: 'Vitest', help: 'npx vitest --help' };
const own = (file: string, ...args: readonly string[]): Step => ['node', file, ...args];

/** By the name of the npm script. */
export const TOOLS: Readonly<Record<string, Tool>> = {
  test: {
    summary: 'Names of files select those that contain the name; -t selects tests by their titles.',
    examples: ['', 'test/unit/version.test.ts', 'top-k', "-t 'idempotency'"],
    steps: [['vitest', 'run', '--coverage']],
    reader: VITEST,
  },
  'test:watch': {
    summary: 'Press h for its keys, q to end it.',
    examples: ['', 'test/unit/http'],
    steps: [['vitest']],
    reader: VITEST,
  },
  'test:core': {
    summary: 'With coverage.',
    examples: ['', 'test/cdk'],
    steps: [['vitest', 'run', '--coverage', '--project', 'infrastructure', '--project', 'service']],
    reader: VITEST,
  },
  'test:browser': {
    summary: 'Needs Chromium or Google Chrome: CHROMIUM_PATH names it if it is not on PATH.',
    examples: ['', 'test/browser/live.test.ts'],
    steps: [['vitest', 'run', '--project', 'browser']],
    reader: VITEST,
    environment: { TEST_REPORT: 'browser-tests' },
  },
  'test:container': {
    summary: 'Needs Docker, and the image that npm run image builds.',
    examples: ['', 'test/container/jobs.test.ts'],
    steps: [['vitest', 'run', '--config', 'vitest.container.config.ts']],
    reader: VITEST,
  },
  'docs:test': {
    summary: 'Needs Chromium or Google Chrome, and the site that npm run docs:build builds.',
    examples: ['', '-t phone'],
    steps: [['vitest', 'run', '--config', 'vitest.site.config.ts']],
    reader: VITEST,
  },
  'test:library': {
    summary: 'Tests the code in lambda/ only.',
    examples: ['', 'test/contract'],
    steps: [
      [NODE_OF_NPM, '--version'],
      [NODE_OF_NPM, 'node_modules/vitest/vitest.mjs', 'run', '--config', 'vitest.library.config.ts'],
    ],
    reader: VITEST,
  },
  'test:nightly': {
    summary: 'Takes about an hour. MUTATIONS is how many images it damages.',
    examples: ['', '-t drains'],
    steps: [
      [
        'vitest',
        'run',
        '--reporter=verbose',
        'test/hostile/sweep.test.ts',
        'test/hostile/v2.test.ts',
        'test/e2e/drain.test.ts',
        'test/e2e/jobs-kill.test.ts',
      ],
    ],
    reader: VITEST,
    environment: {
      MUTATIONS: '100000',
      JOBS_KILL_ROUNDS: '200',
      JOBS_KILL_COUNT: '300',
      JOBS_KILL_MODEL: 'resnet50',
      DRAIN_ROUNDS: '20',
    },
  },
  check: {
    summary: 'Changes no file: npm run fix does, and the command that a check names.',
    examples: [''],
    steps: [
      biome('ci', '--error-on-warnings', '.'),
      ['tsc'],
      ['tsc', '-p', 'lib'],
      ['tsc', '-p', 'tsconfig.page.json'],
      own('scripts/openapi.ts', '--check'),
      own('scripts/model-optimise.ts', '--check'),
      own('scripts/settings.ts', '--check'),
      own('scripts/cost-report.ts', '--check'),
      own('bench/report.ts', '--check'),
      own('scripts/notices.ts', '--check'),
    ],
  },
  fix: {
    summary: 'Changes files in place. Without a path, all of them.',
    examples: ['', 'lambda/http'],
    steps: [biome('check', '--write')],
    reader: { name: 'Biome', help: 'npx biome check --help' },
  },
  pipeline: {
    summary:
      'Takes the commands of cdk, for the stage that -c stage=STAGE names, or -c stage=build for the images.',
    examples: ['diff -c stage=prod', 'deploy --all -c stage=prod', 'deploy --all -c stage=build'],
    steps: [['cdk', '--app', 'npx --no-install node bin/pipeline.ts']],
    reader: { name: 'The CDK CLI', help: 'npx cdk --help' },
    check: checkPipeline,
  },
  bench: {
    summary: 'Takes about an hour on an idle machine. Builds what it compares with in .bench/ first.',
    examples: [''],
    steps: [
      ['npm', 'run', 'bench:compare'],
      ['npm', 'run', 'bench:report'],
      ['npm', 'run', 'cost:report'],
    ],
  },
};
