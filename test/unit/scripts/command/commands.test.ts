import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';
import { SERVERS } from '../../../../scripts/lib/tools/server-help.ts';
import { TOOLS } from '../../../../scripts/lib/tools/tools.ts';

const run = promisify(execFile);
const ASK = `${REPOSITORY}test/unit/scripts/command/ask-commands.mjs`;

const { scripts } = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8')) as {
  scripts: Record<string, string>;
};
const named = Object.values(scripts).flatMap((line) =>
  [...line.matchAll(/\b(?:scripts|bench|test)\/[\w/-]+\.(?:ts|sh)\b/g)].map(([file]) => file),
);
const inFolder = (folder: string) =>
  readdirSync(`${REPOSITORY}${folder}`)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`);
const commandFiles = [...inFolder('scripts'), ...inFolder('bench')];
/** Only the Dockerfile runs these, where package.json has no say. */
const buildSteps = ['scripts/image/collect.ts', 'scripts/image/fetch-rie.ts'];
/** They get the name of one of these npm scripts, and run the programs of others or the service: see tools.test.ts. */
const NAMED: Readonly<Record<string, object>> = {
  'scripts/programs/tool.ts': TOOLS,
  'scripts/programs/serve.ts': SERVERS,
};
const commands = [
  ...new Set([...named.filter((file) => file.endsWith('.ts')), ...commandFiles, ...buildSteps]),
]
  .filter((file) => !Object.hasOwn(NAMED, file))
  .sort();
const shellCommands = [...new Set(named.filter((file) => file.endsWith('.sh')))];

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Answers {
  readonly help: Said;
  readonly unknown: Said;
  /** By the lines of the examples. */
  readonly examples: Readonly<Record<string, Said>>;
}

describe('every command', { timeout: 60_000 }, () => {
  let answers: Record<string, Answers>;
  beforeAll(async () => {
    const { stdout } = await run(process.execPath, [ASK, ...commands], {
      cwd: REPOSITORY,
      maxBuffer: 2 ** 24,
    });
    answers = JSON.parse(stdout);
  }, 60_000);

  it.each(commands)('%s says what it does with --help', (file) => {
    const { code, stdout, stderr } = answers[file]?.help ?? {};
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^Usage: .+\n\n\S.+/);
    expect(stdout).toMatch(/^ {2}--help +prints this text$/m);
    expect(stdout).toMatch(/^Exit codes: 0 [\s\S]+;\s1 [\s\S]+;\s2\swrong\susage;\s130\sinterrupted$/m);
    // The help names a script of package.json that passes its options on to the file.
    const isBuildStep = buildSteps.includes(file);
    const [, name = ''] = /^Usage: (?:npm run|node) (\S+)/.exec(stdout ?? '') ?? [];
    const called = isBuildStep ? name : scripts[name];
    expect(called ?? `no script ${name} in package.json`).toMatch(new RegExp(`${file}$`));
  });

  it.each(commands)('%s refuses an unknown option in one line, and says where to read more', (file) => {
    const { code, stdout, stderr } = answers[file]?.unknown ?? {};
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^Expected one of the options .*--help, got --no-such-option\nUsage: .+\n.+ --help has examples\.$/,
    );
  });

  it.each(commands)('%s has examples of its own name, with options that it knows', (file) => {
    const { help, examples = {} } = answers[file] ?? {};
    const [, name = ''] = /^Usage: (npm run \S+|node \S+)/.exec(help?.stdout ?? '') ?? [];
    expect(Object.keys(examples)).not.toEqual([]);
    for (const [line, { code, stderr }] of Object.entries(examples)) {
      expect(line).toMatch(new RegExp(`^${name}( |$)`));
      expect({ line, code, stderr }).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('got --no-such-option\n'),
      });
    }
  });
});

test('every npm script has a help that is tested', () => {
  const untested = Object.entries(scripts).filter(
    ([name, line]) =>
      !Object.entries(NAMED).some(
        ([file, known]) =>
          line.replace(/^exec /, '') === `node ${file} ${name}` && Object.hasOwn(known, name),
      ) && ![...commands, ...shellCommands].some((file) => line.endsWith(file)),
  );
  expect(untested).toEqual([]);
});

test('package.json runs every command file', () => {
  const missing = commandFiles.filter((file) => !named.includes(file));
  expect(missing, 'files without a line in "scripts" of package.json').toEqual([]);
});

describe('every shell command', () => {
  it.each(shellCommands)('%s says what it does with --help, and refuses an unknown option', async (file) => {
    const { stdout } = await run(`${REPOSITORY}${file}`, ['--help']);
    expect(stdout).toMatch(/^Usage: .*\n\n\S.*^Examples?:\n {2}npm run /ms);
    expect(stdout).toMatch(/^Exit codes: 0 .+; 1 .+; 2 wrong usage; 130 interrupted$/m);
    await expect(run(`${REPOSITORY}${file}`, ['--no-such-option'])).rejects.toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('Usage: '),
    });
  });
});
