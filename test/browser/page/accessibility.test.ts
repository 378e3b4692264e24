import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeViolations } from '../axe.ts';
import { type BrowserTests, browserTests, example, inPage, noBrowser, plain } from '../support.ts';
import { answerWith, explainedAnswer, WITH_MAPS } from './explained.ts';
import { alertText, choose, chooseBytes, FIVE, predictions } from './shown.ts';

const EXPLAINED = explainedAnswer({
  image: { width: 451, height: 300 },
  peaks: [
    { row: 0, column: 0 },
    { row: 6, column: 6 },
  ],
});

/** The states of the page, each with all that can be opened open. */
const STATES: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  empty: async (page) => {
    await page.locator('#about').waitFor();
    for (const summary of await page.locator('summary').all()) {
      if (await summary.isVisible()) await summary.click();
    }
  },
  'with an answer': async (page) => {
    await choose(page);
    await predictions(page);
    await page.locator('.facts summary').click();
  },
  'with a heat map': async (page) => {
    await answerWith(page, EXPLAINED);
    await choose(page);
    await predictions(page);
  },
  'with two models': async (page) => {
    await page.getByLabel('Compare with small').check();
    await choose(page);
    await page.locator('.headline').nth(1).waitFor();
    await page.locator('.answer li').nth(9).waitFor();
  },
  'with a gallery': async (page) => {
    const buffer = await readFile(example('cat.jpg'));
    await page.setInputFiles('#file', [
      { name: 'a.jpg', mimeType: 'image/jpeg', buffer },
      { name: 'b.jpg', mimeType: 'image/jpeg', buffer: Buffer.from('nothing') },
    ]);
    await page.locator('.failed').waitFor();
    await predictions(page);
  },
  'with a problem': async (page) => {
    await chooseBytes(page, 'x', Buffer.from('x'), 'text/plain');
    await alertText(page);
  },
};

describe.skipIf(noBrowser)('the page is accessible', { timeout: 30_000 }, () => {
  const tests = browserTests({}, [WITH_MAPS, { ...WITH_MAPS, name: 'small' }]);

  /** The service of these tests cannot explain, so it is not asked to. */
  async function visit(options: Parameters<BrowserTests['visit']>[0] = {}): Promise<Page> {
    const page = await tests.visit({ expected: /status of 415/, reducedMotion: 'reduce', ...options });
    await page.route(/explain=/, (route) => {
      const url = route
        .request()
        .url()
        .replace(/&explain=\d+/, '');
      return route.continue({ url });
    });
    return page;
  }

  describe.each(Object.entries(STATES))('%s', (_name, reach) => {
    it.each(['light', 'dark'] as const)('by the rules of axe in the %s theme', async (colorScheme) => {
      const page = await visit({ colorScheme });
      await reach(page);
      expect(await axeViolations(page)).toEqual([]);
      expect(await inPage(page, 'lowContrast')).toEqual([]);
    });

    it('at 320 pixels, without horizontal scrolling', async () => {
      const page = await visit({ viewport: { width: 320, height: 640 } });
      await reach(page);
      expect(await inPage(page, 'width')).toBe(320);
    });
  });

  it('with forced colours: what is chosen has an outline', async () => {
    const page = await visit({ forcedColors: 'active' });
    await answerWith(page, EXPLAINED);
    await choose(page);
    await predictions(page);
    expect(await inPage(page, 'outline', '[aria-pressed=true]')).toContain('solid 2px');
    expect(await inPage(page, 'outline', '[aria-selected=true]')).toContain('solid 2px');
  });

  it('with a long file name at 320 pixels', async () => {
    const page = await visit({ viewport: { width: 320, height: 640 } });
    await chooseBytes(page, `${'long'.repeat(40)}.jpg`, await readFile(example('cat.jpg')));
    await predictions(page);
    expect(await inPage(page, 'width')).toBe(320);
  });

  it('on a screen of 3840 pixels, where it grows', async () => {
    const page = await visit({ viewport: { width: 3840, height: 2160 } });
    await choose(page);
    await predictions(page);
    const box = await page.locator('#stage').boundingBox();
    expect(box?.width).toBeGreaterThan(1920);
  });

  it('without a mouse', async () => {
    const page = await visit();
    await answerWith(page, EXPLAINED);
    await page.locator('#about').waitFor();
    // Registered early, because it takes the browser a moment to stop opening a window of its own.
    const chooser = page.waitForEvent('filechooser');
    const focused = () => inPage(page, 'focused');
    for (let stops = 0; stops < 9 && (await focused()) !== 'file'; stops++) await page.keyboard.press('Tab');
    expect(await focused()).toBe('file');
    expect(await inPage(page, 'outline', '.drop')).toContain('solid 3px');
    await page.keyboard.press('Enter');
    await (await chooser).setFiles(example('cat.jpg'));
    await predictions(page);
    await page.locator('#options summary').click();
    await page.locator('h1').click();
    const stops: unknown[] = [];
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      stops.push(await inPage(page, 'focusedPlace'));
    }
    expect(stops).toEqual(
      expect.arrayContaining([
        'compare',
        '1. Egyptian cat',
        '2. tabby',
        'heat-on',
        'strength',
        'file',
        'Cat',
        'url',
        'top-k',
        'credential',
        'tab-curl',
        'Copy',
      ]),
    );
  });

  it('with the result focused after a photo was chosen with the keyboard', async () => {
    const page = await visit();
    await answerWith(page, EXPLAINED);
    await page.getByRole('button', { name: 'Cat' }).focus();
    await page.keyboard.press('Enter');
    await predictions(page);
    expect(await inPage(page, 'focused')).toBe('stage');
    await page.keyboard.press('Tab');
    expect(await inPage(page, 'focusedPlace')).toBe('1. Egyptian cat');
    // Options are still being set.
    await page.locator('#options summary').click();
    await page.getByLabel('Number of classes').fill('7');
    await page.keyboard.press('Enter');
    await predictions(page);
    expect(await inPage(page, 'focused')).toBe('top-k');
  });

  it('to screen readers: progress, then the result', async () => {
    const page = await visit();
    await page.locator('#about').waitFor();
    await inPage(page, 'listen');
    await choose(page);
    await predictions(page);
    expect((await inPage<string[]>(page, 'said')).map(plain)).toEqual([
      'Classifying cat.jpg…',
      'Top prediction: Egyptian cat, 87.3 %',
    ]);
    expect(plain(await page.locator('.answer ol').ariaSnapshot())).toContain(`- listitem: ${FIVE[0]}`);
  });

  it('with names, a language and one main heading', async () => {
    const page = await visit();
    await page.locator('#options summary').click();
    await choose(page);
    await predictions(page);
    const devtools = await page.context().newCDPSession(page);
    const { nodes } = await devtools.send('Accessibility.getFullAXTree');
    const roles = [
      'button',
      'textbox',
      'spinbutton',
      'slider',
      'link',
      'image',
      'list',
      'region',
      'navigation',
    ];
    const found = nodes.filter(({ ignored, role }) => !ignored && roles.includes(String(role?.value)));
    expect(found.length).toBeGreaterThanOrEqual(11);
    // The list of the examples is under their heading.
    const unnamed = found.filter(({ name, role }) => !name?.value && role?.value !== 'list');
    expect(unnamed.map(({ role }) => role?.value)).toEqual([]);
    // Browsers accept a placeholder as a name, but it disappears when the user types.
    const unlabelled = await page
      .locator('input')
      .evaluateAll((inputs) => inputs.filter((input) => input.labels.length === 0).map(({ id }) => id));
    expect(unlabelled).toEqual([]);
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    expect(await page.locator('h1').allTextContents()).toEqual(['Image classification']);
  });

  it('without motion, if the reader wants none', async () => {
    const page = await visit({ reducedMotion: 'reduce' });
    await choose(page);
    await predictions(page);
    const animations = await page
      .locator('.bar')
      .first()
      .evaluate((bar) => bar.getAnimations().length);
    expect(animations).toBe(0);
  });
});
