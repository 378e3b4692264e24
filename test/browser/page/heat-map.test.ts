import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { browserTests, example, inPage, noBrowser, plain } from '../support.ts';
import { answerWith, explainedAnswer, WITH_MAPS } from './explained.ts';
import { choose, chooseBytes, predictions } from './shown.ts';

/** The size of cat.jpg. */
const image = { width: 451, height: 300 };
const UPPER_LEFT = { row: 0, column: 0 };
const LOWER_RIGHT = { row: 6, column: 6 };
const CENTRE = { row: 3, column: 3 };

describe.skipIf(noBrowser)('heat maps', { timeout: 20_000 }, () => {
  const tests = browserTests({}, [WITH_MAPS]);

  async function visitWith(peaks: Parameters<typeof explainedAnswer>[0]['peaks']) {
    const page = await tests.visit();
    const asked = await answerWith(page, explainedAnswer({ image, peaks }));
    return { page, asked };
  }

  it('are asked for if the model has them', async () => {
    const { page, asked } = await visitWith([CENTRE]);
    await choose(page);
    await predictions(page);
    expect(asked).toEqual([`${tests.origin}/predict?top_k=5&explain=5`]);
    expect(await page.locator('#curl').textContent()).toContain('explain=5');
  });

  it('lie over the part of the photo that the model saw, and say in words where the maximum is', async () => {
    const { page } = await visitWith([UPPER_LEFT]);
    await choose(page);
    await predictions(page);
    // The centre crop of 262.5 pixels begins at 94.25 from the left, and each of its 7 cells has 37.5.
    const [x, y] = await inPage<[number, number]>(page, 'hottest');
    expect(x).toBeGreaterThan(94 / 451);
    expect(x).toBeLessThan((94 + 38) / 451);
    expect(y).toBeGreaterThan(18 / 300);
    expect(y).toBeLessThan((19 + 38) / 300);
    expect(await page.locator('figcaption').textContent()).toBe('Egyptian cat: strongest in the upper left');
    const first = page.getByRole('button', { name: /Egyptian cat/ });
    expect(plain(await first.textContent())).toBe('1. Egyptian cat, 87.3 %, strongest in the upper left');
  });

  it('lie right over a photo that its camera turned', async () => {
    const page = await tests.visit();
    await answerWith(page, explainedAnswer({ image: { width: 300, height: 451 }, peaks: [LOWER_RIGHT] }));
    // The pixels are 451 x 300, and orientation 6 turns them by 90 degrees.
    const turned = await sharp(example('cat.jpg')).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    await chooseBytes(page, 'turned.jpg', turned);
    await predictions(page);
    const box = await page.locator('.picture img').boundingBox();
    expect((box?.width ?? 0) / (box?.height ?? 1)).toBeCloseTo(300 / 451, 1);
    const [x, y] = await inPage<[number, number]>(page, 'hottest');
    expect(x).toBeGreaterThan((300 - 19 - 38) / 300);
    expect(x).toBeLessThan((300 - 18) / 300);
    expect(y).toBeGreaterThan((451 - 95 - 38) / 451);
    expect(y).toBeLessThan((451 - 94) / 451);
  });

  it('follow the class that is pointed at or focused, and return to the chosen one', async () => {
    const { page } = await visitWith([UPPER_LEFT, LOWER_RIGHT, CENTRE]);
    await choose(page);
    await predictions(page);
    const [, second, third] = await page.locator('.answer li button').all();
    const caption = () => page.locator('figcaption').textContent();
    await second?.hover();
    expect(await caption()).toBe('tabby: strongest in the lower right');
    const [x] = await inPage<[number, number]>(page, 'hottest');
    expect(x).toBeGreaterThan(0.5);
    await page.locator('h1').hover();
    expect(await caption()).toBe('Egyptian cat: strongest in the upper left');
    await third?.focus();
    expect(await caption()).toBe('tiger cat: strongest in the centre');
    await page.locator('#heat-on').focus();
    expect(await caption()).toBe('Egyptian cat: strongest in the upper left');
    await second?.click();
    await page.locator('h1').hover();
    await page.locator('#heat-on').focus();
    expect(await caption()).toBe('tabby: strongest in the lower right');
    expect(await second?.getAttribute('aria-pressed')).toBe('true');
  });

  it('have a strength, and can be switched off', async () => {
    const { page } = await visitWith([CENTRE]);
    await choose(page);
    await predictions(page);
    const opacity = () => inPage(page, 'opacity', 'canvas');
    await page.getByLabel('Strength').fill('20');
    expect(await opacity()).toBe('0.2');
    await page.getByLabel('Strength').fill('100');
    expect(await opacity()).toBe('1');
    await page.getByLabel('Heat map').uncheck();
    expect(await page.locator('canvas').isVisible()).toBe(false);
    await page.getByLabel('Heat map').check();
    expect(await page.locator('canvas').isVisible()).toBe(true);
  });

  it('follow a tap', async () => {
    const page = await tests.visit({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });
    await answerWith(page, explainedAnswer({ image, peaks: [UPPER_LEFT, LOWER_RIGHT] }));
    await choose(page);
    await predictions(page);
    const second = page.locator('.answer li button').nth(1);
    await second.tap();
    expect(await second.getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('figcaption').textContent()).toBe('tabby: strongest in the lower right');
  });

  it('are left out of the code and of the next request while they are off', async () => {
    const { page, asked } = await visitWith([CENTRE]);
    await choose(page);
    await predictions(page);
    const code = () => page.locator('#curl').textContent();
    await page.getByLabel('Heat map').uncheck();
    expect(await code()).not.toContain('explain');
    await page.getByLabel('Heat map').check();
    expect(await code()).toContain('explain=5');
    // The maps are still there.
    expect(asked.length).toBe(1);
    await page.getByLabel('Heat map').uncheck();
    await choose(page);
    await predictions(page);
    expect(asked[1]).toBe(`${tests.origin}/predict?top_k=5`);
    await page.getByLabel('Heat map').check();
    await page.locator('canvas').waitFor();
    expect(asked[2]).toBe(`${tests.origin}/predict?top_k=5&explain=5`);
  });

  it('are asked for up to ten classes, and the page says how many can be chosen', async () => {
    const { page, asked } = await visitWith([CENTRE, UPPER_LEFT]);
    await page.getByText('Options').click();
    await page.getByLabel('Number of classes').fill('12');
    await choose(page);
    await predictions(page);
    expect(asked).toEqual([`${tests.origin}/predict?top_k=12&explain=10`]);
    // This answer has three classes and two maps.
    await page.getByText('Choose one of the first 2 classes to see its own.').waitFor();
  });

  it('have no controls beside a photo of a batch that was not classified', async () => {
    const page = await tests.visit();
    const answer = explainedAnswer({ image, peaks: [CENTRE] });
    const problem = { title: 'Broken', detail: 'Not an image.', code: 'invalid_image', status: 422 };
    await answerWith(page, {
      ...answer,
      results: [
        { index: 0, ...answer },
        { index: 1, problem },
      ],
    });
    await choose(page, example('cat.jpg'), example('espresso.jpg'));
    await page.locator('canvas').waitFor();
    expect(await page.locator('#heat').isVisible()).toBe(true);
    await page.locator('.tile').nth(1).click();
    await page.getByText('Not an image.').waitFor();
    expect(await page.locator('#heat').isVisible()).toBe(false);
  });

  it('mark the chosen class in another way than the one that is pointed at', async () => {
    const { page } = await visitWith([UPPER_LEFT, LOWER_RIGHT]);
    await choose(page);
    await predictions(page);
    await page.locator('.answer li button').nth(1).hover();
    const [chosen, pointedAt, other] = await inPage<[string, string][]>(page, 'marks');
    expect(chosen?.[1]).not.toBe('none');
    expect(pointedAt?.[1]).toBe('none');
    expect(pointedAt?.[0]).not.toBe(other?.[0]);
  });

  it('show what speaks for a class rather than for the others', async () => {
    const page = await tests.visit();
    // The lower right lowers both classes, but the first one less.
    await answerWith(page, explainedAnswer({ image, peaks: [LOWER_RIGHT, UPPER_LEFT], low: LOWER_RIGHT }));
    await choose(page);
    await predictions(page);
    expect(await page.locator('figcaption').textContent()).toBe('Egyptian cat: strongest in the lower right');
    const [x, y] = await inPage<[number, number]>(page, 'hottest');
    expect(x).toBeGreaterThan(0.6);
    expect(y).toBeGreaterThan(0.6);
  });

  it('leave out what speaks against a class', async () => {
    const { page } = await visitWith([UPPER_LEFT]);
    await choose(page);
    await predictions(page);
    expect(await inPage(page, 'alphaOfMap', { x: 0.9, y: 0.9 })).toBe(0);
    expect(await inPage(page, 'alphaOfMap', { x: 0.07, y: 0.07 })).toBe(255);
  });
});

describe.skipIf(noBrowser)('without heat maps', { timeout: 20_000 }, () => {
  const tests = browserTests();

  it('nothing is asked for, and nothing is shown', async () => {
    const page = await tests.visit();
    const sent = page.waitForRequest(/predict/);
    await choose(page);
    expect((await sent).url()).toBe(`${tests.origin}/predict?top_k=5`);
    await predictions(page);
    expect(await page.locator('canvas').isVisible()).toBe(false);
    expect(await page.locator('#heat').isVisible()).toBe(false);
    expect(await page.locator('.answer li button').count()).toBe(0);
    expect(await page.locator('figcaption').textContent()).toBe('cat.jpg');
  });
});
