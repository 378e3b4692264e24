import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, onTestFinished } from 'vitest';
import { findChromium } from '../../scripts/lib/screenshots/chromium.ts';
import { DIST } from '../../scripts/lib/site/place.ts';
import { type SiteServer, serveSite } from '../../scripts/lib/site/serve.ts';

const CHROMIUM = findChromium();

/** Without a browser, the tests are skipped on a laptop and fail on a build server. */
export const noBrowser = CHROMIUM === undefined && process.env['CI'] !== 'true';
if (noBrowser)
  process.stderr.write('Tests of the site skipped: found no Chromium. Set CHROMIUM_PATH to its path.\n');

/** Serves the built site, and opens pages of it in a browser that reaches no other host. */
export function siteTests() {
  let server: SiteServer;
  let browser: Browser;
  let complaints: string[] = [];

  beforeAll(async () => {
    if (!existsSync(DIST)) throw new Error('site/dist does not exist. Run npm run docs:build first.');
    server = await serveSite(DIST, 0);
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? 'chromium',
      args: ['--headless', '--no-sandbox', '--disable-gpu'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.[Symbol.asyncDispose]();
  });
  afterEach(() => {
    const taken = complaints;
    complaints = [];
    expect(taken).toEqual([]);
  });

  return {
    /** A test fails if its page logs an error or asks another host for something. */
    async visit(path: string, options: BrowserContextOptions = {}): Promise<Page> {
      const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
      onTestFinished(() => context.close());
      context.setDefaultTimeout(20_000);
      await context.route(
        (url) => url.origin !== server.url,
        (route) => {
          complaints.push(`request to ${route.request().url()}`);
          return route.abort();
        },
      );
      const page = await context.newPage();
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      await page.goto(server.url + path);
      // Vue has taken over what the server sent.
      await page.waitForFunction('document.querySelector("#app")?.__vue_app__ !== undefined');
      return page;
    },
  };
}

export const PHONE_WIDTH = 390;
export const PHONE: BrowserContextOptions = { viewport: { width: PHONE_WIDTH, height: 844 }, hasTouch: true };
