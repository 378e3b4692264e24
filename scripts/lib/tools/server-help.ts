import { readFile } from 'node:fs/promises';
import { definitions, textColumns, wrap } from '../command/wrap.ts';
import { REPOSITORY } from '../paths.ts';
import { shortText } from '../settings/plain-text.ts';
import { variableTopics } from '../settings/variables.ts';

/** The npm scripts that run the service, and what each does besides. */
export const SERVERS: Readonly<
  Record<string, { readonly summary: string; readonly examples: readonly string[] }>
> = {
  start: {
    summary:
      'Runs the service on http://localhost:8080 until Ctrl+C. Open that address to try it with a photo.',
    examples: ['npm start', 'PORT=9000 npm start', 'MODELS=efficientnet-lite2 LOG_LEVEL=WARN npm start'],
  },
  dev: {
    summary:
      'Runs the service on http://localhost:8080 until Ctrl+C, and restarts it when a file in lambda/ changes.',
    examples: ['npm run dev', 'LOG_LEVEL=DEBUG npm run dev'],
  },
};

const ROUTES = [
  ['post', '/predict'],
  ['post', '/predict/url'],
  ['post', '/predict/batch'],
  ['post', '/embed'],
  ['post', '/jobs'],
  ['get', '/models'],
  ['get', '/ready'],
  ['get', '/v2'],
] as const;

const SETTINGS = [
  'PORT',
  'HOST',
  'MODELS',
  'MEMORY_LIMIT_MIB',
  'MAX_IN_FLIGHT',
  'CORS_ORIGINS',
  'ADMIN',
  'LOG_LEVEL',
  'DATA_DIR',
];

type Paths = Readonly<Record<string, Readonly<Record<string, { readonly summary: string }>>>>;

/** What `npm start -- --help` prints. */
export async function formatServerHelp(script: string, columns = textColumns()): Promise<string> {
  const list = (title: string, rows: readonly (readonly [string, string])[]): string =>
    `${wrap(title, columns)}\n${definitions(rows, columns)}`;
  const { summary = '', examples = [] } = SERVERS[script] ?? {};
  const { paths } = JSON.parse(await readFile(`${REPOSITORY}docs/openapi.json`, 'utf8')) as { paths: Paths };
  const variables = variableTopics().flatMap((topic) => topic.variables);
  return [
    serverUsage(script),
    wrap(summary, columns),
    ['Examples:', ...examples.map((line) => `  ${line}`)].join('\n'),
    list('Routes (all of them: http://localhost:8080/docs, and docs/api.md):', [
      ...ROUTES.map(([method, path]): [string, string] => [
        `${method.toUpperCase()} ${path}`,
        paths[path]?.[method]?.summary ?? '',
      ]),
    ]),
    list(
      'Settings, from the environment or the file .env (all of them: .env.example, and docs/settings.md):',
      SETTINGS.map((name) => {
        const variable = variables.find((one) => one.name === name);
        return [name, variable ? shortText(variable).replace(/: .*/, '.') : ''];
      }),
    ),
    'Exit codes: 0 stopped by Ctrl+C or SIGTERM; 1 could not start; 2 wrong usage',
  ].join('\n\n');
}

export const serverUsage = (script: string): string =>
  `Usage: [NAME=VALUE ...] ${script === 'start' ? 'npm start' : `npm run ${script}`}`;
