import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A repository in a temporary folder, with the files that have a version. */
export function createClone() {
  const root = mkdtempSync(join(tmpdir(), 'release-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', ...args], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  git('init', '--quiet', '--initial-branch=main');
  return {
    root,
    git,
    write,
    /** Commits all files in their version, and tags the commit. */
    release(version: string, { changes = '- A change.', paths = ['/a', '/b'] } = {}) {
      writeVersioned(write, version, paths);
      write('CHANGELOG.md', `# Changelog\n\n## [Unreleased]\n\n## [${version}] - 2026-12-01\n\n${changes}\n`);
      git('add', '.');
      git('commit', '--quiet', '--message', version);
      git('tag', `v${version}`);
    },
  };
}

function writeVersioned(write: (path: string, text: string) => void, version: string, paths: string[]) {
  const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;
  const name = 'resnet50-serverless';
  write('package.json', json({ name, version, dependencies: { version: '9.9.9' } }));
  write(
    'package-lock.json',
    json({
      name,
      version,
      packages: { '': { name, version }, 'node_modules/version': { name, version: '9.9.9' } },
    }),
  );
  write('lambda/version.ts', `/** Of the service. */\nexport const VERSION = '${version}';\n`);
  const answer = { 200: { description: 'ok' } };
  write(
    'docs/openapi.json',
    json({
      openapi: '3.1.0',
      info: { title: 'Test', version, license: { name: 'Apache-2.0' } },
      paths: Object.fromEntries(paths.map((path) => [path, { get: { responses: answer } }])),
    }),
  );
}

/** Without oasdiff a test is skipped on a laptop, and fails on a build server. */
export function lacksOasdiff(): boolean {
  const path = `${process.env['PATH']}:.cache/go-tools/bin`;
  const found = spawnSync('oasdiff', ['--version'], { env: { ...process.env, PATH: path } }).status === 0;
  const lacks = !found && process.env['CI'] !== 'true';
  if (lacks) {
    process.stderr.write('Tests are skipped without oasdiff: scripts/dev/go-tools.sh oasdiff compiles it.\n');
  }
  return lacks;
}
