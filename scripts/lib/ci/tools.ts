import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

interface Tools {
  /** Without one of these, the command fails. */
  readonly required?: readonly string[];
  /** Without one of these, the tests that need it are skipped. */
  readonly ofSomeTests?: readonly string[];
}

const PYTHON = 'python3';
/** The names of one browser. */
const CHROMIUM = 'chromium|chromium-browser|google-chrome';

/**
 * The programs that a command needs and that neither it nor a step before it installs. A name may have others after
 * a bar.
 */
export const TOOLS: Readonly<Record<string, Tools>> = {
  'npm run test:core': { ofSomeTests: ['curl', PYTHON, 'go'] },
  'npm run test:browser': { ofSomeTests: [CHROMIUM] },
  'npm run docs:test': { ofSomeTests: [CHROMIUM] },
  'npm run lint:templates': { required: [PYTHON] },
  'npm run lint:aws': { required: [PYTHON] },
  'scripts/dev/go-tools.sh': { required: ['go'] },
  'npm run lint:workflows': { required: [PYTHON, 'go'] },
  'npm run lint:prose': { required: ['go'] },
  'npm run clients': { required: [PYTHON, 'go'] },
  'npm run clients:protocol': { required: [PYTHON, 'go'] },
  'npm run clients:examples': { ofSomeTests: ['curl', 'jq', PYTHON, 'go', 'cargo', 'javac', 'mvn'] },
  'npm run docs:examples -- --with docker': { required: ['docker'] },
  'npm run docs:examples': { required: ['curl', 'jq', PYTHON] },
  'npm run image': { required: ['docker'] },
  'npm run image:audit': { required: ['docker'] },
  'npm run test:container': { required: ['docker'] },
  'npm run image:budget': { required: ['docker'] },
  'npm run emulator': { required: ['docker', PYTHON] },
};

/** Whether a command is the named one, with arguments or without. */
export const isOrBegins = (start: string, command: string): boolean =>
  command === start || command.startsWith(`${start} `);

/** The tools of a command that PATH does not have. */
export function missingTools(command: string, path: string): Required<Tools> {
  const [, { required = [], ofSomeTests = [] } = {}] =
    Object.entries(TOOLS).find(([start]) => isOrBegins(start, command)) ?? [];
  const isMissing = (tool: string) => !tool.split('|').some((name) => isOnPath(name, path));
  return { required: required.filter(isMissing), ofSomeTests: ofSomeTests.filter(isMissing) };
}

export const isOnPath = (name: string, path: string): boolean =>
  path.split(delimiter).some((folder) => isExecutable(join(folder, name)));

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
