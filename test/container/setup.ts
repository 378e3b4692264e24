import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Whether a Docker engine is running and the image under test is built. */
    engine: boolean;
    /** The words of the Compose command; empty without Compose. */
    compose: readonly string[];
    /** Path of the SAM CLI; empty if it cannot be installed. */
    sam: string;
  }
}

const repository = fileURLToPath(new URL('../..', import.meta.url));

function run(command: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: repository, encoding: 'utf8' });
  return { succeeded: status === 0, stdout: stdout?.trim() ?? '', stderr: stderr?.trim() ?? '' };
}

/** Tests whose tool is missing are skipped with a line that says so. In CI a missing tool is an error. */
function missing(reason: string): void {
  if (process.env['CI']) throw new Error(`The container tests cannot run: ${reason}`);
  process.stdout.write(`Container tests skipped: ${reason}\n`);
}

export default function setup(project: TestProject): void {
  const engine = run('scripts/dev/docker-engine.sh');
  project.provide('engine', engine.succeeded);
  project.provide('compose', []);
  project.provide('sam', '');
  if (!engine.succeeded) {
    missing(engine.stderr);
    return;
  }

  const build = run('scripts/image/build.sh');
  if (!build.succeeded)
    throw new Error(
      `Expected scripts/image/build.sh to build the image, it failed.\n${build.stdout}\n${build.stderr}`,
    );

  const compose = [['docker', 'compose'], ['docker-compose']].find(
    ([command = '', ...args]) => run(command, ...args, 'version').succeeded,
  );
  if (compose) project.provide('compose', compose);
  else missing('Docker Compose was not found');

  const sam = run('scripts/dev/sam.sh');
  if (sam.succeeded) project.provide('sam', sam.stdout);
  else missing(`the SAM CLI could not be installed. ${sam.stderr}`);
}
