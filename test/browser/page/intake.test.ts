import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { browserTests, example, GATEWAY, inPage, noBrowser, plain } from '../support.ts';
import { alertText, choose, chooseBytes, command, FIVE, facts, predictions, status } from './shown.ts';

const REMOTE = 'https://images.example/cat.jpg';

/** Answers in place of another site's server. */
const serveRemote = (page: Page) =>
  page.route(REMOTE, (route) => route.fulfill({ path: example('cat.jpg') }));

const base64 = async (file: string) => (await readFile(file)).toString('base64');

const paste = (page: Page) => page.keyboard.press('ControlOrMeta+V');

async function pasteText(page: Page, text: string): Promise<void> {
  await inPage(page, 'copyText', text);
  await paste(page);
}

describe.skipIf(noBrowser)('photos get into the page', { timeout: 20_000 }, () => {
  const tests = browserTests({ MAX_IMAGE_BYTES: '1500000' });

  describe('from files', () => {
    it('chosen, and shown in the place of the drop zone', async () => {
      const page = await tests.visit();
      const before = await page.locator('.drop').boundingBox();
      await choose(page);
      expect(await predictions(page)).toEqual(FIVE);
      const photo = page.locator('.picture img');
      expect(await photo.evaluate((image) => image.naturalWidth)).toBe(451);
      const box = await photo.boundingBox();
      expect(box?.y).toBeLessThan((before?.y ?? 0) + 50);
      expect((await page.locator('.drop').boundingBox())?.y).toBeGreaterThan(box?.y ?? 0);
    });

    it('dropped', async () => {
      const page = await tests.visit();
      await inPage(page, 'drop', { base64: await base64(example('cat.jpg')) });
      expect(await predictions(page)).toEqual(FIVE);
      expect(await page.locator('figcaption').textContent()).toBe('dropped.jpg');
    });

    it('pasted', async () => {
      const page = await tests.visit();
      await inPage(page, 'copyPng', await base64(example('cat.png')));
      await paste(page);
      expect(await predictions(page)).toEqual(FIVE);
      expect((await facts(page))['Format']).toBe('PNG');
    });

    it('that the browser cannot display', async () => {
      const page = await tests.visit();
      const buffer = await sharp(example('cat.jpg')).tiff().toBuffer();
      await chooseBytes(page, 'cat.tiff', buffer, 'image/tiff');
      expect(await predictions(page)).toEqual(FIVE);
      await page.getByText('This browser cannot show a preview of this file.').waitFor();
      expect(await page.locator('.picture').isVisible()).toBe(false);
    });

    it('only up to the limit, which is shown before', async () => {
      const page = await tests.visit();
      expect(plain(await page.locator('#file-hint').innerText())).toContain(
        'up to 1.5 MB each, up to 16 photos at once',
      );
      const requests: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      await chooseBytes(page, 'huge.jpg', Buffer.alloc(1_500_001));
      const text = await alertText(page);
      expect(text).toContain('The photo is too large');
      expect(text).toContain('huge.jpg has 1.5 MB. This service takes photos of up to 1.5 MB.');
      expect(requests.filter((url) => url.includes('predict'))).toEqual([]);
      // At the limit, the service decides.
      const cat = await readFile(example('cat.jpg'));
      await chooseBytes(page, 'large.jpg', Buffer.concat([cat, Buffer.alloc(1_500_000 - cat.length)]));
      expect(await predictions(page)).toEqual(FIVE);
      expect((await facts(page))['Size']).toBe('1.5 MB');
    });

    it('while a URL that was entered before is removed', async () => {
      const page = await tests.visit();
      await page.getByLabel('URL of an image').fill(REMOTE);
      await choose(page);
      await predictions(page);
      expect(await page.getByLabel('URL of an image').inputValue()).toBe('');
    });
  });

  it('from the camera, on phones only', async () => {
    const desktop = await tests.visit();
    expect(await desktop.getByText('Take a photo').isVisible()).toBe(false);
    expect(await desktop.getByText('or drop or paste them').isVisible()).toBe(true);
    const phone = await tests.visit({
      viewport: { width: 390, height: 844 },
      isMobile: true,
      hasTouch: true,
    });
    expect(await phone.getByText('or drop or paste them').isVisible()).toBe(false);
    expect(await phone.locator('#camera').getAttribute('capture')).toBe('environment');
    const chooser = phone.waitForEvent('filechooser');
    await phone.getByText('Take a photo').tap();
    await (await chooser).setFiles(example('cat.jpg'));
    expect(await predictions(phone)).toEqual(FIVE);
  });

  it.each(['its own server', GATEWAY])('from the examples of %s, with their sources', async (place) => {
    const base = place === GATEWAY ? GATEWAY : tests.origin;
    const page = await tests.visit({ base });
    const examples = page.locator('#examples').getByRole('button');
    expect(await examples.allTextContents()).toEqual([
      'Cat',
      'Photographer',
      'Mountains',
      'Rocket',
      'Astronaut',
    ]);
    await page.getByText('Where they come from').click();
    expect(await page.locator('#examples details li').allTextContents()).toContain(
      'Astronaut: NASA, public domain',
    );
    for (const [index, name] of ['cat', 'photographer', 'alps', 'rocket', 'astronaut'].entries()) {
      expect(await examples.nth(index).getAttribute('title')).toMatch(/^Photo: .{4}/);
      await examples.nth(index).click();
      await page.locator('figcaption', { hasText: `${name}.jpg` }).waitFor();
      expect(await predictions(page)).toEqual(FIVE);
      // The page's copies are smaller than those in the repository.
      expect(await command(page)).toContain(
        `curl -O '${base}/examples/${name}.jpg'\ncurl -F file=@${name}.jpg `,
      );
    }
  });

  it('from the example that was chosen last, and says if one cannot be loaded', async () => {
    const page = await tests.visit({ expected: /status of 429/ });
    const cat = page.getByRole('button', { name: 'Cat' });
    const answer = Promise.withResolvers<void>();
    await page.route('**/examples/cat.jpg', async (route) => {
      await answer.promise;
      await route.fulfill({ status: 429, json: { message: 'Too Many Requests' } }).catch(() => {});
    });
    await cat.click();
    await page.getByText('Loading Cat…').waitFor();
    await page.getByRole('button', { name: 'Mountains' }).click();
    await page.locator('figcaption', { hasText: 'alps.jpg' }).waitFor();
    await predictions(page);
    answer.resolve();
    await cat.click();
    expect(await alertText(page)).toContain('The example could not be loaded');
    expect(await page.locator('figcaption').textContent()).toBe('alps.jpg');
  });

  describe('from URLs', () => {
    it('entered, and the browser loads the picture only after the service has', async () => {
      const page = await tests.visit({ foreign: REMOTE });
      await serveRemote(page);
      const release = tests.hold();
      await page.getByLabel('URL of an image').fill(REMOTE);
      await page.getByRole('button', { name: 'Classify' }).click();
      await page.getByText(`Classifying ${REMOTE}…`).waitFor();
      expect(await page.locator('.picture img').getAttribute('src')).toBeNull();
      release();
      expect(await predictions(page)).toEqual(FIVE);
      await page.locator('.picture img').waitFor();
    });

    it('pasted', async () => {
      const page = await tests.visit({ foreign: REMOTE });
      await serveRemote(page);
      await pasteText(page, REMOTE);
      expect(await predictions(page)).toEqual(FIVE);
      expect(await page.locator('#url').inputValue()).toBe(REMOTE);
    });

    it('but not if they are pasted into a field', async () => {
      const page = await tests.visit();
      await page.locator('#url').focus();
      await pasteText(page, REMOTE);
      expect(await page.locator('#url').inputValue()).toBe(REMOTE);
      expect(await status(page)).toBe('');
    });
  });

  it('and nothing else does', async () => {
    const page = await tests.visit();
    await inPage(page, 'drop', { text: 'a word' });
    expect(await status(page)).toBe('Expected an image or the URL of one.');
  });
});
