/** A group of the sidebar. */
export interface Topic {
  readonly title: string;
  /** Files of pages, in their order. */
  readonly files: readonly string[];
  /** Also all other pages in this folder. */
  readonly folder?: string;
  /** Where the title leads. Such a group is closed until the reader is in it. */
  readonly link?: string;
}

export const TOPICS: readonly Topic[] = [
  {
    title: 'Start',
    files: [
      'docs/README.md',
      'docs/quick-start.md',
      'docs/tutorial.md',
      'docs/commands.md',
      'docs/faq.md',
      'examples/README.md',
    ],
  },
  {
    title: 'The API',
    files: [
      'docs/api.md',
      'docs/authentication.md',
      'docs/errors.md',
      'docs/versions.md',
      'docs/clients.md',
      'docs/inference-protocol.md',
    ],
  },
  {
    title: 'What it can do',
    files: [
      'docs/classify-folders.md',
      'docs/large-photos.md',
      'docs/jobs.md',
      'docs/buckets.md',
      'docs/webhooks.md',
      'docs/embeddings.md',
      'examples/similar/README.md',
      'docs/explanations.md',
      'docs/live-view.md',
    ],
  },
  {
    title: 'Example clients',
    files: ['examples/clients/README.md'],
    folder: 'examples/clients',
    link: '/examples/clients/',
  },
  {
    title: 'Models',
    files: ['docs/models.md', 'docs/your-model.md'],
    folder: 'models',
  },
  {
    title: 'Deploy and deliver',
    files: [
      'docs/container.md',
      'docs/emulator.md',
      'docs/deployment.md',
      'docs/delivery.md',
      'docs/migration.md',
    ],
  },
  {
    title: 'Operate',
    files: ['docs/operations.md', 'docs/troubleshooting.md', 'docs/security.md'],
  },
  {
    title: 'Runbooks',
    files: ['docs/runbooks/README.md'],
    folder: 'docs/runbooks',
    link: '/runbooks/',
  },
  {
    title: 'Reference',
    files: ['docs/settings.md', 'docs/architecture.md', 'docs/benchmarks.md', 'docs/cost.md'],
  },
  {
    title: 'Decisions',
    files: [],
    folder: 'docs/adr',
    link: '/source/docs/adr',
  },
  {
    title: 'The project',
    files: ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CODE_OF_CONDUCT.md'],
  },
];

/** Shorter names than the first heading of the page. */
export const SHORT_NAMES: Readonly<Record<string, string>> = {
  'docs/README.md': 'All pages',
  'README.md': 'README',
  'docs/tutorial.md': 'Tutorial',
  'docs/migration.md': 'Migrate from FastAPI',
  'docs/inference-protocol.md': 'Triton and KServe clients',
};
