import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pLimit from 'p-limit';
import { isOnPath } from '../../../scripts/lib/ci/tools.ts';
import { fakeCases, serviceCases } from './cases.ts';
import { FakeService } from './fake-service.ts';
import { PROGRAMS, type Program } from './programs.ts';
import { type Run, runner } from './run.ts';

// Builds the programs of examples/clients and runs each against a service, whose URL is the argument, and a fake one.

const CLIENTS = fileURLToPath(new URL('../../../examples/clients/', import.meta.url));
const [url = ''] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);
/** Most of the time programs wait, for answers or to try again. */
const inTurn = pLimit(8);
/** The service should not be so busy that it refuses. */
const atService = pLimit(2);
await using fake = await FakeService.start();

async function build({ name, build, run }: Program, folder: string): Promise<void> {
  const readme = await readFile(join(folder, 'README.md'), 'utf8');
  for (const command of [build, `${run} ../../cat.jpg`]) {
    if (command && !readme.includes(command)) {
      throw new Error(`expected examples/clients/${name}/README.md to say: ${command}`);
    }
  }
  if (build) await promisify(execFile)('sh', ['-c', build], { cwd: folder, timeout: 300_000 });
}

/** @returns what went wrong. */
async function check(program: Program): Promise<string[]> {
  const { name, tools } = program;
  const missing = tools.filter((tool) => !isOnPath(tool, process.env['PATH'] ?? ''));
  if (missing.length > 0) {
    const isRequired = process.env['CI'] === 'true';
    say(
      `${name}: ${isRequired ? 'failed' : 'skipped'}, because of what is not installed: ${missing.join(', ')}`,
    );
    return isRequired ? [`${name}: expected ${missing.join(', ')} in PATH`] : [];
  }
  const folder = join(CLIENTS, name);
  const run = runner(program, folder);
  const failures: string[] = [];
  const attempt = async (title: string, action: () => Promise<void>) => {
    try {
      await action();
    } catch (error) {
      failures.push(`${name}: ${title}\n${error instanceof Error ? error.message : error}`);
    }
  };
  await attempt('builds', () => build(program, folder));
  if (failures.length > 0) return failures;

  const limited: Run = (...args) => inTurn(() => run(...args));
  const serving: Run = (...args) => atService(() => run(...args));
  const cases = [
    ...Object.entries(serviceCases(url)).map(([title, action]) => ({ title, action, run: serving })),
    ...Object.entries(fakeCases(fake, name)).map(([title, action]) => ({ title, action, run: limited })),
  ];
  await Promise.all(cases.map(({ title, action, run }) => attempt(title, () => action(run))));
  say(
    `${name}: ${cases.length - failures.length} of ${cases.length} cases passed (${Math.round(performance.now() / 1000)}s)`,
  );
  return failures;
}

const failures = (await Promise.all(PROGRAMS.map(check))).flat();
for (const failure of failures) say(`\n${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
