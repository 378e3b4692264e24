import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { runCommand } from './lib/command/command.ts';
import { choice, flag, wholeNumber } from './lib/command/options.ts';
import { REPOSITORY } from './lib/paths.ts';
import { findChromium } from './lib/screenshots/chromium.ts';
import { pictureDashboard } from './lib/screenshots/dashboard/dashboard.ts';
import { pictureLive, picturePage } from './lib/screenshots/pictures.ts';
import { startService } from './lib/screenshots/service.ts';
import { sendTraffic } from './lib/screenshots/traffic.ts';
import { writePng } from './lib/screenshots/write-png.ts';
import { TOOLS } from './lib/setup/blocks.ts';

const FOLDER = 'docs/images';

await runCommand(
  {
    name: 'npm run screenshots --',
    summary:
      `Takes the screenshots of the documentation and writes them into ${FOLDER}. Starts the service on a free port, and ` +
      'sends it photos for a while, so that the live view has something to show. Needs Chromium: set ' +
      'CHROMIUM_PATH if it is not found. The dashboard of CloudWatch is drawn from the template of prod, with the ' +
      'data of the Lambda function on this machine under load for two minutes, and needs no Chromium.',
    examples: ['', '--only live --dark', '--only dashboard'],
    activity: 'Taking the pictures',
    options: {
      only: choice(['page', 'live', 'dashboard'], { help: 'takes one of them' }),
      dark: flag('also takes them in the dark theme, as page-dark.png and live-dark.png'),
      seconds: wholeNumber('N', {
        help: 'how long the service gets photos before the live view is taken',
        min: 5,
        max: 600,
        default: 62,
      }),
    },
  },
  async ({ only, dark, seconds }) => {
    const folder = join(REPOSITORY, FOLDER);
    await mkdir(folder, { recursive: true });

    async function write(file: string, picture: Uint8Array): Promise<void> {
      const bytes = await writePng(join(folder, file), picture);
      console.log(`${FOLDER}/${file} ${Math.round(bytes / 1000)} kB`);
    }

    if (only === undefined || only === 'dashboard') {
      for (const { name, png } of await pictureDashboard()) await write(`dashboard-${name}.png`, png);
    }
    if (only === 'dashboard') return 0;
    const executablePath = findChromium();
    if (!executablePath) throw new Error(`Chromium was not found. ${TOOLS.chromium.install}`);
    await using service = await startService();
    const browser = await chromium.launch({
      executablePath,
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });

    async function takeAll(name: string, take: typeof pictureLive): Promise<void> {
      for (const scheme of dark ? (['light', 'dark'] as const) : (['light'] as const)) {
        const file = `${name}${scheme === 'dark' ? '-dark' : ''}.png`;
        await write(file, await take(browser, service.url, scheme));
      }
    }

    try {
      if (only !== 'live') await takeAll('page', picturePage);
      if (only !== 'page') {
        const stop = new AbortController();
        const traffic = sendTraffic(service.url, stop.signal);
        // If it fails, that ends the command below.
        traffic.catch(() => {});
        try {
          await Promise.race([sleep(1000 * seconds), traffic]);
          await takeAll('live', pictureLive);
        } finally {
          stop.abort();
        }
        await traffic;
      }
    } finally {
      await browser.close();
    }
    return 0;
  },
);
