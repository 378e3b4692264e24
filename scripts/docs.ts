import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { runCommand } from './lib/command/command.ts';
import { flag, wholeNumber } from './lib/command/options.ts';
import { listenForStop } from './lib/command/stop-signals.ts';
import { installSite } from './lib/site/install.ts';
import { DIST, SITE, VITEPRESS } from './lib/site/place.ts';
import { serveSite } from './lib/site/serve.ts';

await runCommand(
  {
    name: 'npm run docs --',
    summary:
      'Serves the documentation on this machine, and shows changes of its pages at once. Installs the packages of the\n' +
      'site if they are missing.',
    examples: ['', '--port 8081', '--built'],
    options: {
      port: wholeNumber('PORT', { help: 'the port on 127.0.0.1', min: 0, max: 65_535, default: 8090 }),
      built: flag('serves what npm run docs:build has made, as a web server would'),
    },
  },
  async ({ port, built }) => {
    using signals = listenForStop();
    if (built) {
      if (!existsSync(DIST)) throw new Error('site/dist does not exist. Run npm run docs:build first.');
      await using server = await serveSite(DIST, port);
      console.log(`The documentation: ${server.url}`);
      await once(signals.stop, 'abort');
      return signals.code() ?? 0;
    }
    await installSite();
    const args = [VITEPRESS, 'dev', '--host', '127.0.0.1', '--port', String(port)];
    const server = spawn(process.execPath, args, { cwd: SITE, stdio: 'inherit' });
    signals.stop.addEventListener('abort', () => server.kill('SIGTERM'));
    const [code] = await once(server, 'exit');
    return signals.code() ?? (code === 0 ? 0 : 1);
  },
);
