import type { Browser, Page } from 'playwright-core';

export type Scheme = 'light' | 'dark';

/** For the whole page. Two pixels for each CSS pixel, and nothing that depends on the machine. */
const SETTINGS = {
  deviceScaleFactor: 2,
  locale: 'en-GB',
  timezoneId: 'UTC',
  reducedMotion: 'reduce',
} as const;

const TIMEOUT_MS = 30_000;

/** The main page with an example and its heat map. */
export const picturePage = (browser: Browser, url: string, scheme: Scheme): Promise<Buffer> =>
  picture(browser, { url, scheme, width: 1100 }, async (page) => {
    await page.locator('#examples').getByRole('button', { name: /cat/i }).click();
    const prediction = page.locator('[aria-label="Most probable classes"] button').first();
    await prediction.waitFor();
    await prediction.focus();
    await page.locator('canvas').first().waitFor();
  });

/** The live view of the last minute. */
export const pictureLive = (browser: Browser, url: string, scheme: Scheme): Promise<Buffer> =>
  picture(browser, { url: `${url}/live`, scheme, width: 1280 }, async (page) => {
    await page.getByText('1 min', { exact: true }).click();
    await page.locator('[data-connection=live]').waitFor();
    await page.locator('#subtitle', { hasText: 'up' }).waitFor();
  });

async function picture(
  browser: Browser,
  { url, scheme, width }: { readonly url: string; readonly scheme: Scheme; readonly width: number },
  prepare: (page: Page) => Promise<void>,
): Promise<Buffer> {
  const context = await browser.newContext({
    ...SETTINGS,
    colorScheme: scheme,
    viewport: { width, height: 720 },
  });
  try {
    context.setDefaultTimeout(TIMEOUT_MS);
    const page = await context.newPage();
    await page.goto(url);
    await prepare(page);
    return await page.screenshot({ fullPage: true });
  } finally {
    await context.close();
  }
}
