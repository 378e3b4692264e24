import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserTests, example, inPage, noBrowser } from '../support.ts';
import { alertText, choose, FIVE, headline, predictions, status } from './shown.ts';

interface Upload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const photo = async (name: string, bytes?: number): Promise<Upload> => {
  const cat = await readFile(example('cat.jpg'));
  const buffer = bytes ? Buffer.concat([cat, Buffer.alloc(bytes - cat.length)]) : cat;
  return { name, mimeType: 'image/jpeg', buffer };
};
const notes: Upload = { name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('words') };

const tiles = (page: Page) => page.locator('.tile');
const done = (page: Page) => page.getByRole('button', { name: 'Download CSV', disabled: false }).waitFor();

async function download(page: Page, kind: 'CSV' | 'JSON'): Promise<{ name: string; text: string }> {
  const event = page.waitForEvent('download');
  await page.getByRole('button', { name: `Download ${kind}` }).click();
  const file = await event;
  return { name: file.suggestedFilename(), text: await readFile(await file.path(), 'utf8') };
}

describe.skipIf(noBrowser)('several photos', { timeout: 20_000 }, () => {
  const tests = browserTests({ MAX_IMAGE_BYTES: '300000', MAX_BODY_BYTES: '400000' });

  it('become a gallery with their answers and problems, in one request', async () => {
    const page = await tests.visit();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await page.setInputFiles('#file', [await photo('one.jpg'), notes, await photo('three.jpg')]);
    await done(page);
    expect(await tiles(page).allTextContents()).toEqual([
      'one.jpgEgyptian cat, 87.3\u00a0%',
      'notes.txtThe image format is not supported',
      'three.jpgEgyptian cat, 87.3\u00a0%',
    ]);
    expect(await page.getByRole('heading', { name: '3 photos, 1 not classified' }).isVisible()).toBe(true);
    expect(await status(page)).toBe('2 of 3 photos classified.');
    expect(requests.filter((url) => url.includes('predict'))).toEqual([
      `${tests.origin}/predict/batch?top_k=5`,
    ]);
    expect(await page.locator('#curl').textContent()).toContain('-F file=@one.jpg -F file=@notes.txt');
    // The first answer is shown large, and then the one that is chosen.
    expect(await headline(page)).toBe('Egyptian cat\n87.3 % probable');
    expect(await predictions(page)).toEqual(FIVE);
    await tiles(page).nth(1).click();
    expect(await alertText(page)).toContain('The image format is not supported');
    expect(await tiles(page).nth(1).getAttribute('aria-current')).toBe('true');
    await tiles(page).nth(2).click();
    await page.locator('figcaption', { hasText: 'three.jpg' }).waitFor();
  });

  it('may be dropped', async () => {
    const page = await tests.visit();
    const base64 = (await readFile(example('cat.jpg'))).toString('base64');
    await inPage(page, 'dropFiles', [
      { name: 'a.jpg', base64 },
      { name: 'b.jpg', base64 },
    ]);
    await done(page);
    expect(await tiles(page).count()).toBe(2);
  });

  it('are divided among requests if they are too large for one, and a photo that is too large is left out', async () => {
    const page = await tests.visit();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    const files = [
      photo('a.jpg', 250_000),
      photo('huge.jpg', 300_001),
      photo('b.jpg', 250_000),
      photo('c.jpg'),
    ];
    await page.setInputFiles('#file', await Promise.all(files));
    await done(page);
    expect(await tiles(page).allTextContents()).toEqual([
      'a.jpgEgyptian cat, 87.3\u00a0%',
      'huge.jpgThe photo is too large',
      'b.jpgEgyptian cat, 87.3\u00a0%',
      'c.jpgEgyptian cat, 87.3\u00a0%',
    ]);
    expect(requests.filter((url) => url.includes('predict')).length).toBe(2);
  });

  it('are at most 16', async () => {
    const page = await tests.visit();
    const files = await Promise.all(Array.from({ length: 17 }, (_, index) => photo(`${index}.jpg`)));
    await page.setInputFiles('#file', files);
    expect(await alertText(page)).toContain('Choose at most 16 photos at once. You chose 17.');
    await page.setInputFiles('#file', files.slice(1));
    await done(page);
    expect(await tiles(page).count()).toBe(16);
  });

  it('show one problem if their request fails', async () => {
    const page = await tests.visit({ expected: /ERR_FAILED|Failed to fetch/ });
    await page.route('**/predict/batch?*', (route) => route.abort());
    await page.setInputFiles('#file', [await photo('a.jpg'), await photo('b.jpg')]);
    await done(page);
    expect(await alertText(page)).toContain('The service did not answer');
    expect(await status(page)).toBe('0 of 2 photos classified.');
  });

  it('can be downloaded as CSV that no spreadsheet runs', async () => {
    const page = await tests.visit();
    await page.locator('#options summary').click();
    await page.getByLabel('Number of classes').fill('1');
    await page.keyboard.press('Tab');
    const names = ['=1+1.jpg', '+a.jpg', '-a.jpg', '@a.jpg', '\uff1d1.jpg', 'x;=1+1.jpg', 'a "b", c.jpg'];
    await page.setInputFiles('#file', [...(await Promise.all(names.map((name) => photo(name)))), notes]);
    await done(page);
    const { name, text } = await download(page, 'CSV');
    expect(name).toBe('predictions.csv');
    const answer = '1,Egyptian cat,0.8733,resnet50@9.8.7-fake,';
    expect(text).toBe(
      [
        '\ufefffile,rank,label,probability,model,problem',
        `"'=1+1.jpg",${answer}`,
        `"'+a.jpg",${answer}`,
        `"'-a.jpg",${answer}`,
        `"'@a.jpg",${answer}`,
        `"'\uff1d1.jpg",${answer}`,
        `"x;=1+1.jpg",${answer}`,
        `"a ""b"", c.jpg",${answer}`,
        'notes.txt,,,,,The image format is not supported',
        '',
      ].join('\r\n'),
    );
  });

  it('can be downloaded as JSON', async () => {
    const page = await tests.visit();
    await page.setInputFiles('#file', [await photo('a.jpg'), notes]);
    await done(page);
    const { name, text } = await download(page, 'JSON');
    expect(name).toBe('predictions.json');
    const { results } = JSON.parse(text);
    expect(results).toMatchObject([
      { file: 'a.jpg', model: { name: 'resnet50' }, image: { format: 'jpeg' } },
      { file: 'notes.txt', problem: { code: 'unsupported_media_type' } },
    ]);
    expect(results[0].predictions[0]).toMatchObject({ rank: 1, label: 'Egyptian cat' });
  });

  it.each([
    ['a phone', { width: 390, height: 844 }],
    ['a laptop', { width: 1280, height: 800 }],
  ])('show the one that is chosen in the window of %s', async (_device, viewport) => {
    const page = await tests.visit({ viewport });
    const files = await Promise.all(Array.from({ length: 11 }, (_, index) => photo(`${index}.jpg`)));
    await page.setInputFiles('#file', files);
    await done(page);
    await page.evaluate('scrollTo(0, 0)');
    await tiles(page).last().click();
    await page.locator('figcaption', { hasText: '10.jpg' }).waitFor();
    await page.locator('.picture img').waitFor();
    for (const selector of ['.picture', '.headline', '.answer li:last-child'])
      await expect.poll(() => inPage(page, 'isInWindow', selector), { message: selector }).toBe(true);
  });

  it('are in one row on a phone', async () => {
    const page = await tests.visit({ viewport: { width: 320, height: 640 } });
    await page.setInputFiles(
      '#file',
      await Promise.all(['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg'].map((name) => photo(name))),
    );
    await done(page);
    const tops = await tiles(page).evaluateAll((all) => all.map((tile) => tile.getBoundingClientRect().top));
    expect(new Set(tops).size).toBe(1);
  });

  it('give way to a single photo', async () => {
    const page = await tests.visit();
    await page.setInputFiles('#file', [await photo('a.jpg'), notes]);
    await done(page);
    await choose(page);
    await predictions(page);
    expect(await page.locator('#gallery').isVisible()).toBe(false);
  });
});
