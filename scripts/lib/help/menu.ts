/** The commands for one kind of person. */
export interface Group {
  readonly title: string;
  /** What each npm script does, in one line, by its name in package.json. */
  readonly commands: Readonly<Record<string, string>>;
}

/** Every npm script once, for the person who needs it first. */
export const MENU: readonly Group[] = [
  {
    title: 'Try it',
    commands: {
      help: 'lists the first commands, all of them with --all, or prints the help of one',
      docs: 'serves this documentation on your machine, with a search',
      setup: 'checks this machine, and says what each missing program blocks',
      start: 'runs the service on http://localhost:8080',
      classify: 'classifies your photos and writes a line for each, without a server or as jobs of one',
    },
  },
  {
    title: 'Call it',
    commands: {
      smoke: 'checks that a running service answers as it should, with your credentials',
      load: 'sends predictions at a steady rate and reports how they were answered',
      clients: 'generates clients in TypeScript, Python and Go, and tests them',
      'clients:protocol': 'tests the Python clients of Triton and KServe',
      'clients:examples': 'runs the example clients in all languages against the service',
    },
  },
  {
    title: 'Bring your model',
    commands: {
      'model:fetch': 'downloads published weights as a model bundle',
      'model:import': 'makes a model bundle of an ONNX classifier',
      'model:check': 'loads a model bundle as the service does, and classifies a photo',
      accuracy: 'measures top-1 and top-5 accuracy on your photos',
      avx2: 'checks that a processor without VNNI gives the same answers',
    },
  },
  {
    title: 'Deploy',
    commands: {
      cost: 'estimates the monthly bill of a stage, and the price of the alternatives',
      preflight: 'checks this machine and the AWS account before a deployment',
      emulator: 'deploys a stage into an emulator of AWS on this machine',
      'emulator:alarm': 'raises or clears an alarm of the stage in the emulator',
      deploy: 'deploys a stage, tests it, and rolls back if the test fails',
      pipeline: 'runs cdk for the roles and buckets that GitHub deploys with',
    },
  },
  {
    title: 'Operate',
    commands: {
      doctor: 'reports on a deployed stage: versions, alarms, quotas, keys, drift, deployments',
      deployed: 'says which version, image and commit a stage runs',
      rollback: 'takes a stage back to an older version',
      keys: 'lists, creates, disables and deletes API keys',
      drift: 'lists what someone changed in a deployed stage by hand',
      'collect-images': 'deletes versions and images of a stage that nothing needs',
    },
  },
  {
    title: 'Develop: run and test',
    commands: {
      dev: 'runs the service, and restarts it when a file changes',
      test: 'runs the tests that need neither Docker nor a network, with coverage',
      check: 'checks format, lint, types, licences, and that generated files are up to date',
      fix: 'formats, and fixes lint errors where possible',
      ci: 'runs everything that a pull request must pass',
      'test:watch': 'runs the tests that a change affects, after each change',
      'test:core': 'runs all tests of npm test except those in a browser',
      'test:browser': 'runs the tests in a browser',
      'test:container': 'tests the container image',
      'test:library': 'tests the service on the Node.js of npm, such as Node.js 22',
      'test:nightly': 'runs the long tests: mutated images, killed jobs, drained servers',
      'coverage:summary': 'prints the coverage of the last npm test by folder',
      'docs:examples': 'runs the code of the pages, and compares what it prints with what they show',
      'docs:build': 'builds the documentation as a static site, and checks its links',
      'docs:test': 'tests the built documentation in a browser',
      'lint:workflows': 'lints the workflows of GitHub and all shell scripts',
      'lint:lockfile': 'checks where every package comes from, and its hash',
      'lint:prose': 'lints the language of documents, comments and messages',
      'lint:aws': 'checks the commands of the AWS CLI in the pages, without calling AWS',
      'lint:templates': 'lints the CloudFormation templates of every stage',
      'template:diff': 'shows what a change does to the CloudFormation templates',
    },
  },
  {
    title: 'Develop: write generated files',
    commands: {
      build: 'bundles the service into dist/',
      openapi: 'writes docs/openapi.json from the routes',
      'openapi:record': 'records the examples of the API document from the service',
      'openapi:diff': 'compares the API with that of another commit',
      settings: 'writes docs/settings.md and .env.example from the schemas of the settings',
      notices: 'writes THIRD-PARTY-NOTICES, and checks all licences',
      'model:optimise': 'optimises the bundled models for the installed ONNX Runtime',
      'page:examples': 'makes the example photos of the main page',
      screenshots: 'takes the screenshots of the documentation',
      'cost:report': 'writes docs/cost.md and what each stage is expected to cost',
    },
  },
  {
    title: 'Develop: the image and releases',
    commands: {
      image: 'builds the container image',
      'image:audit': 'looks for known vulnerabilities in the image',
      'image:budget': 'compares size, memory and start of the image with their limits',
      'image:patch': 'pins the newest base image in the Dockerfile',
      'image:push': 'pushes an image under a temporary tag, and writes what is in it',
      'image:sign': 'signs a pushed image with cosign',
      'image:attest': 'signs how a pushed image was built, and what is in it',
      'image:tag': 'gives a pushed image the tag by which deployments find it',
      'image:verify': 'checks that an image may be deployed',
      'require-green': 'checks on GitHub that main.yml passed for a commit',
      'release:prepare': 'writes the version of the next release into all files',
      'release:check': 'checks that a tag can be released',
      'release:notes': 'writes the text and the files of a release',
    },
  },
  {
    title: 'Develop: measure',
    commands: {
      bench: 'compares the service with the one that it replaces, and writes docs/benchmarks.md',
      'bench:check': 'checks that no figure of the benchmark got worse, in a few minutes',
      'bench:compare': 'measures for npm run bench, and writes the raw result',
      'bench:report': 'writes docs/benchmarks.md from the raw result',
      'bench:versions': 'compares the service with that of another commit',
      'bench:overhead': 'measures what the service adds to the bare model',
      'bench:overload': 'measures what happens when more clients come than it can serve',
      'bench:attacks': 'measures what attacks cost the server and its other clients',
      'bench:explain': 'measures what explanations and embeddings add to a prediction',
      'bench:jobs': 'compares jobs with predictions',
      'bench:recording': 'measures what the live view and the metrics cost',
      'bench:vcpu-shares': 'measures predictions with the CPU of each memory setting of Lambda',
      'decode:costs': 'measures memory and CPU time of the costliest images',
    },
  },
];

/** The commands that a newcomer needs first. */
export const FIRST: readonly string[] = [
  'setup',
  'start',
  'classify',
  'smoke',
  'model:import',
  'cost',
  'emulator',
  'deploy',
  'doctor',
  'rollback',
  'test',
];

/** What to type. */
export const typed = (script: string): string =>
  script === 'start' || script === 'test' ? `npm ${script}` : `npm run ${script}`;
