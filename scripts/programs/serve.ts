import { serverProcess } from '../lib/tools/server-process.ts';

/*
 * node scripts/programs/serve.ts start|dev
 *
 * Runs the service in the place of this process, so that Ctrl-C and SIGTERM reach it. With arguments, which the service
 * does not take, prints the help or what is wrong.
 */
const [script = '', ...args] = process.argv.slice(2);
const server = serverProcess(script);
if (!server || args.length > 0) {
  await import('./tool.ts');
} else if (process.execve && process.platform !== 'win32') {
  process.execve(process.execPath, [process.execPath, ...server.args], {
    ...process.env,
    ...server.environment,
  });
} else {
  console.error(
    process.platform === 'win32'
      ? 'Expected Linux or macOS, where a process can be replaced. On Windows, use WSL 2.'
      : `Expected Node.js 23.11 or newer, which can replace a process, got ${process.versions.node}. Run npm ci, which installs Node.js 24 for this folder.`,
  );
  process.exitCode = 1;
}
