import { type Finding, ok, warn } from '../findings/finding.ts';
import { type RunProgram, runProgram } from '../preflight/machine.ts';
import { adviceOf, TOOLS, type Tool } from './blocks.ts';

/** Whether a program runs. @param args print its version. */
export async function checkProgram(
  program: string,
  args: readonly string[],
  tool: Tool,
  run: RunProgram = runProgram,
): Promise<Finding> {
  try {
    const [line = ''] = (await run(program, args)).split('\n');
    // curl also lists its libraries.
    return ok(line.split(' (')[0] ?? line);
  } catch {
    return warn(`${program} is not installed`, adviceOf(tool));
  }
}

/** Prints the version, and fails if it cannot make virtual environments. */
const PYTHON_PROGRAM = 'import sys, venv, ensurepip; print("%d.%d" % sys.version_info[:2])';
const PYTHON_MINOR = 11;

/** Whether Python 3 makes virtual environments, in a version that the packages for it support. */
export async function checkPython(run: RunProgram = runProgram): Promise<Finding> {
  const version = await run('python3', ['-c', PYTHON_PROGRAM]).catch(() => undefined);
  if (version === undefined) {
    return warn('python3 is not installed, or lacks its module venv', adviceOf(TOOLS.python3));
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major === 3 && minor < PYTHON_MINOR) {
    return warn(`Python ${version.trim()}, expected 3.${PYTHON_MINOR} or newer`, adviceOf(TOOLS.python3));
  }
  return ok(`Python ${version.trim()}`);
}

/** The emulator runs several functions of 1,769 MiB at the same time. */
const DOCKER_GIB = 4;

/** Whether the Docker engine answers and has memory for the container tests and the emulator. */
export async function checkDockerEngine(run: RunProgram = runProgram): Promise<Finding> {
  let answer: string;
  try {
    answer = await run('docker', ['info', '--format', '{{.ServerVersion}} {{.MemTotal}}']);
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const found = isMissing ? 'docker is not installed' : 'the Docker engine does not answer';
    return warn(found, adviceOf(TOOLS.docker));
  }
  const [version = '', bytes = ''] = answer.trim().split(' ');
  const gibibytes = Number(bytes) / 2 ** 30;
  const found = `engine ${version} with ${gibibytes.toFixed(1)} GiB of memory`;
  return gibibytes >= DOCKER_GIB
    ? ok(found)
    : warn(found, `npm run emulator may run out of memory. Give Docker ${DOCKER_GIB} GiB or more.`);
}
