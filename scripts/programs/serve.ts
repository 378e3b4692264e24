import { spawnSync } from 'node:child_process';
import { serverProcess } from '../lib/tools/server-process.ts';

/*
 * node scripts/programs/serve.ts start|dev
 *
 * Runs the service in the place of this process, so that Ctrl-C and SIGTERM reach it. Windows cannot replace a process,
 * and sends Ctrl-C to all of a terminal. With arguments, which the service does not take, prints the help or what is wrong.
 */
const [script = '', ...args] = process.argv.slice(2);
const server = serverProcess(script);
if (!server || args.length > 0) {
  await import('./tool.ts');
} else {
  const environment = { ...process.env, ...server.environment };
  if (process.platform === 'win32') {
    const { status } = spawnSync(process.execPath, server.args, { env: environment, stdio: 'inherit' });
    process.exitCode = status ?? 1;
  } else {
    process.execve?.(process.execPath, [process.execPath, ...server.args], environment);
  }
}
