import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { startActivity } from './lib/command/activity.ts';
import { type ExitCode, runCommand } from './lib/command/command.ts';
import { flag, wholeNumber } from './lib/command/options.ts';
import { listenForStop, type StopSignals } from './lib/command/stop-signals.ts';
import { REPOSITORY } from './lib/paths.ts';
import { buildSite } from './lib/site/build.ts';
import { installSite } from './lib/site/install.ts';
import { DIST, SITE, VITEPRESS } from './lib/site/place.ts';
import { serveSite } from './lib/site/serve.ts';

await runCommand(
  {
    name: 'npm run docs --',
    summary:
      'Builds the documentation as a site, and serves it on this machine until Ctrl-C. Installs the packages of the site\n' +
      'if they are missing.',
    examples: ['', '--built --port 8081', '--watch'],
    options: {
      port: wholeNumber('PORT', { help: 'the port on 127.0.0.1', min: 0, max: 65_535, default: 8090 }),
      built: flag('serves the last build'),
      watch: flag('builds nothing, and shows each change of a page at once: for writing'),
    },
    explain: (error) => (error instanceof Error ? error.message : String(error)),
  },
  async ({ port, built, watch }) => {
    using signals = listenForStop();
    if (watch) return watchPages(port, signals);
    if (built && !existsSync(DIST))
      throw new Error('site/dist does not exist. Run npm run docs:build first.');
    if (!built) {
      using _shown = startActivity('Building the site');
      await installSite();
      await buildSite();
    }
    await using server = await serveSite(DIST, port);
    console.log(`The documentation: ${server.url}`);
    if (!signals.stop.aborted) await once(signals.stop, 'abort');
    return signals.code() ?? 0;
  },
);

async function watchPages(port: number, signals: StopSignals): Promise<ExitCode> {
  await installSite();
  const args = [VITEPRESS, 'dev', SITE, '--host', '127.0.0.1', '--port', String(port)];
  const server = spawn(process.execPath, args, { cwd: REPOSITORY, stdio: 'inherit' });
  signals.stop.addEventListener('abort', () => server.kill('SIGTERM'));
  const [code] = await once(server, 'exit');
  return signals.code() ?? (code === 0 ? 0 : 1);
}
