import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DIST } from '../../scripts/lib/site/place.ts';
import { axeViolations } from '../browser/axe.ts';
import { noBrowser, PHONE, PHONE_WIDTH, siteTests } from './support.ts';

/** The built pages that hold a text. */
const pagesWith = (text: string): readonly string[] =>
  globSync('**/*.html', { cwd: DIST })
    .filter((file) => readFileSync(join(DIST, file), 'utf8').includes(text))
    .map((file) => `/${file}`)
    .sort();

describe.skipIf(noBrowser)('the site', () => {
  const site = siteTests();

  it('begins with what a reader wants to do, and leads there', async () => {
    const page = await site.visit('/');
    expect(await page.locator('h1').count()).toBe(1);
    await page.locator('.VPHomeHero a', { hasText: 'Quick start' }).click();
    await page.waitForURL('**/quick-start.html');
    await page.locator('.vp-doc h1').waitFor();
  });

  it('finds a word, and opens the section that has it', async () => {
    const page = await site.visit('/');
    await page.keyboard.press('Control+k');
    await page.locator('.VPLocalSearchBox input').fill('too_many_pixels');
    await page.locator('.VPLocalSearchBox .result').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/troubleshooting.html#too_many_pixels');
    await page.locator('#too_many_pixels').waitFor();
  });

  it('finds pages that tell what to do before those that tell why', async () => {
    const page = await site.visit('/');
    await page.keyboard.press('Control+k');
    await page.locator('.VPLocalSearchBox input').fill('webhooks');
    const first = page.locator('.VPLocalSearchBox .result').first();
    await first.waitFor();
    expect(await first.getAttribute('href')).toMatch(/^\/webhooks\.html/);
  });

  it('opens a link to a heading at that heading', async () => {
    const page = await site.visit('/settings.html#settings-of-a-stage');
    const heading = page.locator('#settings-of-a-stage');
    await expect.poll(async () => (await heading.boundingBox())?.y).toBeLessThan(200);
  });

  it('switches tabs with the mouse and the keyboard, on all pages', async () => {
    const [path, other] = pagesWith('role="tablist"');
    if (path === undefined) throw new Error('expected a page with tabs, got none');
    const page = await site.visit(path);
    const tabs = page.locator('.code-tabs').first().locator('[role=tab]');
    const panels = page.locator('.code-tabs').first().locator('[role=tabpanel]');
    await tabs.nth(1).click();
    expect(await tabs.nth(1).getAttribute('aria-selected')).toBe('true');
    expect(await panels.evaluateAll((all) => all.map((one) => one.checkVisibility()).slice(0, 2))).toEqual([
      false,
      true,
    ]);
    await page.keyboard.press('ArrowLeft');
    expect(await tabs.first().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowRight');
    const label = (await tabs.nth(1).textContent())?.trim() ?? '';
    await page.goto(new URL(other ?? path, page.url()).href);
    const again = page.locator('[role=tab]', { hasText: new RegExp(`^\\s*${label}\\s*$`) }).first();
    if (other === undefined || (await again.count()) > 0)
      await expect.poll(() => again.getAttribute('aria-selected')).toBe('true');
  });

  it.each(['light', 'dark'] as const)('draws every diagram in the %s theme', async (colorScheme) => {
    const paths = pagesWith('class="diagram"');
    expect(paths.length).toBeGreaterThan(0);
    for (const path of paths) {
      const page = await site.visit(path, { colorScheme });
      const diagrams = page.locator('.diagram');
      for (let index = 0; index < (await diagrams.count()); index++)
        await diagrams
          .nth(index)
          .locator('svg .node, svg .actor, svg .edgePath, svg path')
          .first()
          .waitFor({ state: 'attached' });
    }
  });

  it('loads the script that draws diagrams only where there is one', async () => {
    const page = await site.visit('/settings.html');
    expect(await page.locator('script[src*="mermaid"]').count()).toBe(0);
    await page.locator('.VPSidebar a', { hasText: 'Architecture' }).click();
    await page.locator('.diagram svg').first().waitFor();
    expect(await page.locator('script[src*="mermaid"]').count()).toBe(1);
  });

  it('has a dark theme, which the next page keeps', async () => {
    const page = await site.visit('/api.html', { colorScheme: 'light' });
    const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    const light = await background();
    await page.locator('.VPNavBarAppearance button').click();
    await expect.poll(background).not.toBe(light);
    await page.reload();
    await expect.poll(background).not.toBe(light);
  });

  it('shows linked sources, and has the API document as a file', async () => {
    const page = await site.visit('/api.html');
    const response = await page.request.get(new URL('/files/docs/openapi.json', page.url()).href);
    expect(await response.json()).toHaveProperty('openapi');
    await page.goto(new URL('/source/examples/webhooks.html', page.url()).href);
    await page.locator('.vp-doc a', { hasText: 'receiver.py' }).click();
    await page.locator('.vp-doc pre', { hasText: 'import' }).first().waitFor();
  });

  it('opens a picture in its own size', async () => {
    const page = await site.visit('/operations.html');
    const link = page.locator('.vp-doc a:has(> img)').first();
    await expect.poll(() => link.getAttribute('href')).toMatch(/dashboard-[^/]*\.png$/);
    const response = await page.request.get(
      new URL((await link.getAttribute('href')) ?? '', page.url()).href,
    );
    expect(response.headers()['content-type']).toBe('image/png');
  });

  it('shows the place of the page in the sidebar', async () => {
    const page = await site.visit('/cost.html');
    const place = page.locator('.VPSidebarItem.is-link.is-active').last();
    const height = page.viewportSize()?.height ?? 0;
    await expect.poll(async () => (await place.boundingBox())?.y ?? height).toBeLessThan(height);
  });

  it('says that a page does not exist', async () => {
    const page = await site.visit('/404.html');
    await page.locator('.NotFound').waitFor();
  });
});

const PAGES = ['/', '/quick-start.html', '/api.html', '/architecture.html', '/operations.html', '/jobs.html'];

/** What axe-core finds, and nobody is helped by. */
const IGNORED = [
  // Tables that compare things have nothing to say above the names of their rows.
  'empty-table-header',
  // The button for searching also shows the key that does the same.
  'label-content-name-mismatch',
];

describe.skipIf(noBrowser).each(PAGES)('the page %s', (path) => {
  const site = siteTests();

  it.each(['light', 'dark'] as const)(
    'breaks no rule of accessibility in the %s theme',
    async (colorScheme) => {
      const page = await site.visit(path, { colorScheme });
      if ((await page.locator('.diagram').count()) > 0) await page.locator('.diagram svg').last().waitFor();
      expect(await axeViolations(page, IGNORED)).toEqual([]);
    },
  );

  it('fits a phone', async () => {
    const page = await site.visit(path, PHONE);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(PHONE_WIDTH);
  });
});
