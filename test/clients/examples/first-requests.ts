import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { isOnPath } from '../../../scripts/lib/ci/tools.ts';
import { codeBlocks } from '../../support/markdown.ts';

// Runs the programs of docs/api.md, "First request", against a service, whose URL is the argument.

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const RUST = join(ROOT, 'examples/clients/rust');
const [url = ''] = process.argv.slice(2);
const say = (line: string) => process.stdout.write(`${line}\n`);

/** How a reader saves and runs each program, by the language of its block. */
const PROGRAMS: Readonly<Record<string, { readonly file: string; readonly run: string }>> = {
  sh: { file: 'first.sh', run: 'bash first.sh' },
  python: { file: 'first.py', run: 'python3 first.py' },
  js: { file: 'first.mjs', run: 'node first.mjs' },
  ts: { file: 'first.ts', run: 'node first.ts' },
  go: { file: 'first.go', run: 'go run first.go' },
  java: { file: 'First.java', run: 'java First.java' },
  // Among what it depends on, Cargo.toml of examples/clients/rust has the ureq that it needs.
  rust: { file: 'src/main.rs', run: `cargo run --quiet --locked --target-dir '${RUST}/target'` },
};

/** @returns what went wrong. */
async function check(folder: string, language: string, code: string): Promise<string | undefined> {
  const program = PROGRAMS[language];
  if (!program) return `${language}: expected how to run it in test/clients/examples/first-requests.ts`;
  const { file, run } = program;
  const [tool = ''] = run.split(' ');
  if (!isOnPath(tool, process.env['PATH'] ?? '')) {
    say(`first request in ${language}: not run, because ${tool} is not installed`);
    return process.env['CI'] === 'true' ? `${language}: expected ${tool} in PATH` : undefined;
  }
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), code.replace(/(http:\/\/)?localhost:8080/, url));
  const { stdout } = await promisify(execFile)('sh', ['-c', run], { cwd: folder, timeout: 300_000 });
  if (!stdout.includes('Egyptian cat')) return `${language}: expected an Egyptian cat, got ${stdout}`;
  say(`first request in ${language}: passed`);
  return undefined;
}

const folder = await mkdtemp(join(tmpdir(), 'first-requests-'));
const failures: string[] = [];
try {
  await symlink(join(ROOT, 'examples'), join(folder, 'examples'));
  for (const name of ['Cargo.toml', 'Cargo.lock']) await cp(join(RUST, name), join(folder, name));
  const guide = await readFile(join(ROOT, 'docs/api.md'), 'utf8');
  const [tabs = ''] = /^<!-- tabs -->[\s\S]*?^<!-- \/tabs -->/m.exec(guide) ?? [];
  const blocks = codeBlocks(tabs);
  const missing = Object.keys(PROGRAMS).filter((name) => !blocks.some(({ language }) => language === name));
  if (missing.length > 0) failures.push(`docs/api.md: expected programs in ${missing.join(', ')}`);
  for (const { language, code } of blocks) {
    const failure = await check(folder, language, code).catch(
      (error: Error) => `${language}: ${error.message}`,
    );
    if (failure) failures.push(failure);
  }
} finally {
  await rm(folder, { recursive: true });
}
for (const failure of failures) say(`\n${failure}`);
process.exitCode = failures.length > 0 ? 1 : 0;
