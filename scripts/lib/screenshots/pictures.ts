import type { Browser, Locator, Page } from 'playwright-core';

export type Scheme = 'light' | 'dark';

/** Two pixels for each CSS pixel, and nothing that depends on the machine. */
const SETTINGS = {
  deviceScaleFactor: 2,
  locale: 'en-GB',
  timezoneId: 'UTC',
  reducedMotion: 'reduce',
} as const;

const TIMEOUT_MS = 30_000;
/** Below the last element, in CSS pixels. */
const MARGIN = 16;
const PAGE_MODEL = 'efficientnet-lite2';
const PAGE_EXAMPLE = 'Cat';

/** The answer to an example on the main page, with the heat map of its first class. */
export const picturePage = (browser: Browser, url: string, scheme: Scheme): Promise<Buffer> =>
  picture(browser, { url, scheme, width: 1100 }, async (page) => {
    await page.getByRole('radio', { name: PAGE_MODEL }).check();
    await page.locator('#examples').getByRole('button', { name: PAGE_EXAMPLE }).click();
    const prediction = page.getByRole('list', { name: 'Most probable classes' }).getByRole('button').first();
    await prediction.focus();
    await page.locator('#stage canvas').waitFor();
    return page.locator('#stage');
  });

/** The live view of the last minute. */
export const pictureLive = (browser: Browser, url: string, scheme: Scheme): Promise<Buffer> =>
  picture(browser, { url: `${url}/live`, scheme, width: 1280 }, async (page) => {
    await page.getByText('1 min', { exact: true }).click();
    await page.locator('[data-connection=live]').waitFor();
    await page.locator('#subtitle', { hasText: 'up' }).waitFor();
    return page.locator('#panels');
  });

/**
 * Opens a page and takes the part above the end of one of its elements.
 *
 * @param prepare returns that element.
 */
async function picture(
  browser: Browser,
  { url, scheme, width }: { readonly url: string; readonly scheme: Scheme; readonly width: number },
  prepare: (page: Page) => Promise<Locator>,
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
    const last = await prepare(page);
    await page.evaluate('scrollTo(0, 0)');
    const box = await last.boundingBox();
    if (!box) throw new Error(`${url}: expected the last element of the picture, but it is not shown`);
    const height = Math.ceil(box.y + box.height + MARGIN);
    return await page.screenshot({ fullPage: true, clip: { x: 0, y: 0, width, height } });
  } finally {
    await context.close();
  }
}
