import { describe, expect, it } from 'vitest';
import { browserTests, example, noBrowser, plain } from '../support.ts';
import { answerWith, explainedAnswer, WITH_MAPS } from './explained.ts';
import { choose, command, FIVE, predictions, status } from './shown.ts';

const OTHER = { dataset: 'photos of dogs', images: 50, top1: 0.9, top5: 0.99, precision: 'int8' } as const;

describe.skipIf(noBrowser)('several models', { timeout: 20_000 }, () => {
  const tests = browserTests({}, [{}, { name: 'small', version: '1.2.3', accuracy: [OTHER] }]);

  it('can be chosen, with their accuracy', async () => {
    const page = await tests.visit();
    const choices = page.getByRole('group', { name: 'Model' }).getByRole('radio');
    await choices.first().waitFor();
    expect(await choices.count()).toBe(2);
    await page.locator('#choices small', { hasText: 'first guess right: 50.0 %' }).first().waitFor();
    await choose(page);
    await predictions(page);
    const sent = page.waitForRequest(/predict/);
    await page.getByRole('radio', { name: /small/ }).check();
    expect((await sent).url()).toBe(`${tests.origin}/predict?top_k=5&model=small`);
    await page.locator('.facts dd', { hasText: 'small 1.2.3' }).waitFor({ state: 'attached' });
    expect(await command(page)).toContain('model=small');
  });

  it('have cards', async () => {
    const page = await tests.visit();
    await page.getByText('About the models').click();
    const cards = page.locator('#about article');
    expect(await cards.locator('h3').allTextContents()).toEqual(['resnet50 9.8.7-fake', 'small 1.2.3']);
    expect(plain(await cards.first().locator('tbody tr').innerText())).toMatch(
      /50\.0 %\s+75\.0 %\s+int8\s+photos of cats \(100 photos\)/,
    );
    await page
      .getByText('Compare these numbers with care: they were measured on different photos.')
      .waitFor();
    expect(await page.locator('#measured').isVisible()).toBe(true);
    const link = cards.nth(1).getByRole('link');
    expect(await link.getAttribute('href')).toBe('models/small');
  });

  it('are compared side by side on one photo', async () => {
    const page = await tests.visit();
    await choose(page);
    await predictions(page);
    await page.getByLabel('Compare with small').check();
    await page.locator('.view').nth(1).locator('.headline .label').waitFor();
    const views = page.locator('.view');
    expect(await views.locator('h3').allTextContents()).toEqual(['resnet50', 'small']);
    // The name is above the photo.
    const [name, photo] = await Promise.all(
      ['h3', 'figure'].map((selector) => views.first().locator(selector).boundingBox()),
    );
    expect(name?.y).toBeLessThan(photo?.y ?? 0);
    await page.getByText('This code asks resnet50. For the other answer, set model to small.').waitFor();
    const [left, right] = await Promise.all([0, 1].map((index) => views.nth(index).boundingBox()));
    expect(left?.y).toBe(right?.y);
    expect(left?.x).toBeLessThan(right?.x ?? 0);
    expect(await predictions(page)).toEqual([...FIVE, ...FIVE]);
    expect(await views.nth(1).locator('.facts dd', { hasText: 'small 1.2.3' }).count()).toBe(1);
    expect(await status(page)).toBe(
      'resnet50: Top prediction: Egyptian cat, 87.3 % small: Top prediction: Egyptian cat, 87.3 %',
    );
    await page.getByLabel('Compare with small').uncheck();
    await page.locator('.view').nth(1).waitFor({ state: 'detached' });
  });

  it('are not compared on several photos', async () => {
    const page = await tests.visit();
    await page.getByLabel('Compare with small').check();
    await choose(page, example('cat.jpg'), example('espresso.jpg'));
    await page.locator('.headline .label').waitFor();
    expect(await page.getByLabel('Compare with small').isDisabled()).toBe(true);
    expect(await page.getByText('for one photo at a time').isVisible()).toBe(true);
    expect(await page.locator('#code-models').textContent()).toBe('');
    expect(await page.locator('.view').count()).toBe(1);
    await choose(page);
    await page.locator('.view').nth(1).locator('.headline .label').waitFor();
    expect(await page.getByLabel('Compare with small').isDisabled()).toBe(false);
    expect(await page.getByText('for one photo at a time').isVisible()).toBe(false);
  });

  it('may differ in their problems', async () => {
    const page = await tests.visit({ expected: /status of 503/ });
    await page.route('**/predict?*model=small*', (route) =>
      route.fulfill({ status: 503, json: { title: 'Not yet', detail: 'Loading.', code: 'not_ready' } }),
    );
    await page.getByLabel('Compare with small').check();
    await choose(page);
    await page.locator('.view').nth(1).getByText('Loading.').waitFor();
    expect(await predictions(page)).toEqual(FIVE);
  });
});

describe.skipIf(noBrowser)('a model without heat maps', { timeout: 20_000 }, () => {
  const tests = browserTests({}, [WITH_MAPS, { name: 'small', version: '1.2.3' }]);

  it('says so beside one that has them', async () => {
    const page = await tests.visit();
    const explained = explainedAnswer({ image: { width: 451, height: 300 }, peaks: [{ row: 0, column: 0 }] });
    const { explanation: _, ...bare } = explained as { explanation: object };
    await page.route(/\/predict/, (route) =>
      route.fulfill({ json: route.request().url().includes('explain=') ? explained : bare }),
    );
    await page.getByLabel('Compare with small').check();
    await choose(page);
    await page.locator('.headline .label').nth(1).waitFor();
    expect(await page.locator('figcaption').allTextContents()).toEqual([
      'Egyptian cat: strongest in the upper left',
      'This model has no heat maps.',
    ]);
  });
});

describe.skipIf(noBrowser)('a single model', { timeout: 20_000 }, () => {
  const tests = browserTests({}, [WITH_MAPS]);

  it('needs no choice', async () => {
    const page = await tests.visit();
    await page.getByText('About the model').waitFor();
    expect(await page.locator('#models').isVisible()).toBe(false);
  });

  it('that was still loading shows its heat maps later', async () => {
    const page = await tests.visit({ expected: /status of 503/ });
    await page.route('**/models/resnet50', (route) => route.fulfill({ status: 503, json: {} }), { times: 1 });
    await page.reload();
    await answerWith(
      page,
      explainedAnswer({ image: { width: 451, height: 300 }, peaks: [{ row: 0, column: 0 }] }),
    );
    await choose(page);
    await page.locator('canvas').waitFor();
  });
});
