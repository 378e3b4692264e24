/** A program that not everybody needs. */
export interface Tool {
  /** What to install, for people. */
  readonly install: string;
  /** The npm scripts that fail without it. */
  readonly blocks: readonly string[];
  /** What is left out without it, as a sentence without its full stop. */
  readonly skips?: string;
}

/** What each program is for. `docker` and `python3` are checked in more detail than the others. */
export const TOOLS = {
  docker: {
    install: 'Install Docker Engine or Docker Desktop, and start it: https://docs.docker.com/engine/install',
    blocks: [
      'image',
      'image:audit',
      'image:budget',
      'image:patch',
      'test:container',
      'docs:examples -- --with docker',
      'emulator',
    ],
  },
  python3: {
    install: 'Install Python 3.11 or newer with its module venv (Debian: apt-get install python3-venv).',
    blocks: [
      'clients',
      'clients:protocol',
      'lint:templates',
      'lint:aws',
      'lint:workflows',
      'docs:examples',
      'emulator',
      'bench',
    ],
    skips: 'npm test skips the snippets in Python, and npm run clients:examples the client',
  },
  go: {
    install: 'Install Go: https://go.dev/doc/install',
    blocks: ['clients', 'clients:protocol', 'lint:workflows', 'lint:prose', 'image:sign', 'image:verify'],
    skips: 'npm test skips the snippets in Go, and npm run clients:examples the client',
  },
  chromium: {
    install: 'Install Chromium (Debian: apt-get install chromium), or set CHROMIUM_PATH.',
    blocks: ['screenshots'],
    skips: 'npm test skips the pages in a browser, and npm run docs:test does nothing',
  },
  curl: {
    install: 'Install curl.',
    blocks: ['docs:examples'],
    skips: 'npm test skips the snippets for curl, and npm run clients:examples the client',
  },
  jq: {
    install: 'Install jq (Debian: apt-get install jq).',
    blocks: ['docs:examples'],
    skips: 'npm run clients:examples skips the client with curl',
  },
  cargo: {
    install: 'Install Rust: https://rustup.rs',
    blocks: [],
    skips: 'npm run clients:examples skips the client in Rust',
  },
  javac: {
    install: 'Install a JDK, version 17 or newer (Debian: apt-get install default-jdk-headless).',
    blocks: [],
    skips: 'npm run clients:examples skips the client in Java',
  },
  mvn: {
    install: 'Install Maven (Debian: apt-get install maven).',
    blocks: [],
    skips: 'npm run clients:examples skips the client in Java',
  },
  git: { install: 'Install Git.', blocks: ['template:diff', 'openapi:diff', 'bench:versions'] },
  'qemu-x86_64-static': {
    install: 'Install QEMU (Debian: apt-get install qemu-user-static).',
    blocks: ['avx2'],
  },
} as const satisfies Readonly<Record<string, Tool>>;

/** What to do about a program that a command has not found. */
export function installAdvice(program: string): string {
  const tools: Readonly<Record<string, Tool>> = TOOLS;
  return (
    (Object.hasOwn(tools, program) ? tools[program]?.install : undefined) ??
    `Install it, or put it on PATH. npm run setup says what else is missing.`
  );
}

/** What is missing without a program, and what to do. */
export function adviceOf({ install, blocks, skips }: Tool): string {
  const failing = blocks.length > 0 ? [`npm run ${blocks.join(', ')} will not work.`] : [];
  const skipped = skips === undefined ? [] : [`${skips}.`];
  return [...failing, ...skipped, install].join(' ');
}
