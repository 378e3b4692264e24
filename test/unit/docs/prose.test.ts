import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';

/** A sentence that each rule finds. A rule is a file in .vale/Plain/. */
const PLANTED: Readonly<Record<string, string>> = {
  Fillers: 'The model can be replaced easily.',
  Headings: '# How to deploy Your model',
  Idioms: 'An embedding is a vector, and that is no prediction.',
  Latin: 'It accepts many formats, e.g. a photo in a form.',
  Names: 'The commits are on Github.',
  Praise: 'Deployments are seamless.',
  Repeated: 'The answer has the\nthe class.',
  SentenceLength: `It says ${'that it is so, and '.repeat(9)}that it is right.`,
  Spelling: 'A setting changes its behavior.',
  Terms: 'Each job may have a web hook.',
  We: 'We return the five most probable classes.',
  Words: 'The service utilizes a queue.',
};

const PLAIN = `# What the service does

It classifies a photo, and answers with the most probable classes.

Code is not checked: \`e.g.\`, \`color\`.

\`\`\`sh
echo utilize
\`\`\`
`;

const folders = [...(process.env['PATH'] ?? '').split(delimiter), join(REPOSITORY, '.cache/go-tools/bin')];
const isMissing = !folders.some((folder) => existsSync(join(folder, 'vale')));
if (isMissing) {
  const message = 'vale is missing: run scripts/dev/go-tools.sh vale';
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`Tests of the prose linter are skipped: ${message}.\n`);
}

/** The rules that find something in a file with this text, and how the command ends. */
function lint(name: string, text: string): { rules: string[]; status: number | null } {
  const folder = mkdtempSync(join(tmpdir(), 'prose-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, name);
  writeFileSync(file, text);
  const { status, stdout } = spawnSync('scripts/dev/lint-prose.sh', [file], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  return { rules: [...stdout.matchAll(/:Plain\.(\w+):/g)].map(([, rule = '']) => rule), status };
}

test('every rule has a sentence that it must find', () => {
  const rules = globSync('.vale/Plain/*.yml', { cwd: REPOSITORY }).map((file) => basename(file, '.yml'));
  expect(rules.sort()).toEqual(Object.keys(PLANTED).sort());
});

test.skipIf(isMissing).each(Object.entries(PLANTED))(
  '%s finds its sentence in a document',
  (rule, sentence) => {
    expect(lint('page.md', `${PLAIN}\n${sentence}\n`)).toEqual({ rules: [rule], status: 1 });
  },
);

test.skipIf(isMissing)('plain English and code have no findings', () => {
  expect(lint('page.md', PLAIN)).toEqual({ rules: [], status: 0 });
});

test('a file that does not exist is refused', () => {
  const { status, stderr } = spawnSync('scripts/dev/lint-prose.sh', ['docs/none.md'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('Expected a file, got docs/none.md\nUsage: npm run lint:prose'),
  });
});

test.skipIf(isMissing)('comments and messages of the code are checked, names are not', () => {
  const source = [
    '// Each job may have a web hook.',
    "throw new Error('expected a setting that utilizes a queue');",
    // biome-ignore lint/suspicious/noTemplateCurlyInString: part of the source.
    'console.log(`cannot simply stop ${job.color}: it has ended`);',
    "const color = { utilize: 'web hook' };",
  ].join('\n');
  expect(lint('source.ts', source)).toEqual({ rules: ['Terms', 'Words', 'Fillers'], status: 1 });
});
