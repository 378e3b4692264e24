import { existsSync } from 'node:fs';

const PATHS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The path of Chromium: CHROMIUM_PATH, or where distributions put it. Undefined if it is not there. */
export const findChromium = (): string | undefined =>
  [process.env['CHROMIUM_PATH'], ...PATHS].find((path) => path && existsSync(path));
