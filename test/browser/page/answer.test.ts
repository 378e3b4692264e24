import { describe, expect, it } from 'vitest';
import { browserTests, example, GATEWAY, inPage, noBrowser } from '../support.ts';
import { answerWith, explainedAnswer } from './explained.ts';
import {
  alertText,
  choose,
  chooseBytes,
  command,
  FIVE,
  facts,
  headline,
  predictions,
  status,
} from './shown.ts';

describe.skipIf(noBrowser)('the page answers', { timeout: 20_000 }, () => {
  const tests = browserTests();

  it('with one headline, the classes, and collapsed details', async () => {
    const page = await tests.visit();
    await choose(page);
    expect(await headline(page)).toBe('Egyptian cat\n87.3 % probable');
    expect(await predictions(page)).toEqual(FIVE);
    expect(await page.locator('.facts dl').isVisible()).toBe(false);
    await page.locator('.facts summary').click();
    expect(await page.locator('.facts dl').isVisible()).toBe(true);
    const {
      Decode,
      Inference,
      Total,
      'Round trip': roundTrip,
      'Request id': id,
      ...others
    } = await facts(page);
    for (const time of [Decode, Inference, Total, roundTrip]) expect(time).toMatch(/^\d+\.\d ms$/);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(others).toEqual({
      Format: 'JPEG',
      Pixels: '451 × 300',
      Size: '36 kB',
      Model: 'resnet50 9.8.7-fake',
    });
  });

  it.each([
    [0.299, 'Not sure\nBest guess: Egyptian cat, 29.9 %\nBelow 30 % the first class is often wrong.'],
    [0.3, 'Egyptian cat\n30.0 % probable'],
  ])('with "Not sure" below 30 %%: %s', async (probability, expected) => {
    const page = await tests.visit();
    const answer = explainedAnswer({ image: { width: 451, height: 300 }, peaks: [] }) as {
      predictions: { probability: number }[];
    };
    const [top] = answer.predictions;
    if (top) top.probability = probability;
    await answerWith(page, answer);
    await choose(page);
    expect(await headline(page)).toContain(expected);
  });

  it('behind a stage prefix', async () => {
    const page = await tests.visit({ base: GATEWAY });
    await choose(page);
    expect(await predictions(page)).toEqual(FIVE);
    expect(await command(page)).toBe(`curl -F file=@cat.jpg '${GATEWAY}/predict?top_k=5'`);
    const links = await page.locator('nav a').evaluateAll((anchors) => anchors.map((anchor) => anchor.href));
    expect(links).toEqual([`${GATEWAY}/live`, `${GATEWAY}/docs`, `${GATEWAY}/openapi.json`]);
    // Only on the same machine.
    expect(await page.getByRole('link', { name: 'Live view' }).isVisible()).toBe(false);
    const here = await tests.visit();
    expect(await here.getByRole('link', { name: 'Live view' }).isVisible()).toBe(true);
  });

  it('only for the last photo: the request in flight is cancelled', async () => {
    const page = await tests.visit();
    const release = tests.hold();
    const sent = page.waitForRequest(/predict/);
    await choose(page);
    await page.getByText('Classifying cat.jpg…').waitFor();
    await sent;
    expect(await page.locator('.answer').getAttribute('aria-busy')).toBe('true');
    const given = page.waitForEvent('requestfailed');
    await choose(page, example('espresso.webp'));
    expect((await given).failure()?.errorText).toBe('net::ERR_ABORTED');
    release();
    await predictions(page);
    expect((await facts(page))['Format']).toBe('WEBP');
    expect(await page.locator('.answer').getAttribute('aria-busy')).toBe('false');
  });

  describe('as the options say', () => {
    it('again if the number of classes changes', async () => {
      const page = await tests.visit();
      await choose(page);
      await predictions(page);
      await page.getByText('Options').click();
      await page.getByLabel('Number of classes').fill('7');
      await page.keyboard.press('Enter');
      await page.locator('.answer li').nth(6).waitFor();
      expect((await predictions(page)).slice(5)).toEqual(['6. cougar, < 0.1 %', '7. cheetah, < 0.1 %']);
      expect(await command(page)).toContain('top_k=7');
    });

    it('unless the service refuses their number of classes', async () => {
      const page = await tests.visit();
      await page.getByText('Options').click();
      for (const count of ['0', '1001', '', '1.5']) {
        await page.getByLabel('Number of classes').fill(count);
        await choose(page);
        expect(await alertText(page)).toContain('Expected a whole number from 1 to 1000.');
        await page.getByLabel('Number of classes').fill('5');
        await choose(page);
        await predictions(page);
      }
    });

    it('and its photos are not captured', async () => {
      const page = await tests.visit();
      const sent = page.waitForRequest(/predict/);
      await choose(page);
      expect((await sent).headers()['x-no-capture']).toBe('1');
    });

    it('with the API key, which it neither stores nor shows', async () => {
      const page = await tests.visit();
      await page.getByText('Options').click();
      await page.getByLabel('API key').fill('s3cret');
      const sent = page.waitForRequest(/predict/);
      await choose(page);
      expect((await sent).headers()['x-api-key']).toBe('s3cret');
      await predictions(page);
      expect(await page.content()).not.toContain('s3cret');
      expect(await command(page)).toContain('"x-api-key: $API_KEY"');
      expect(await inPage(page, 'stored')).toEqual(['', 0, 0]);
      await page.reload();
      expect(await page.locator('#credential').inputValue()).toBe('');
    });
  });

  describe('with a problem', () => {
    it('for a file that is not an image', async () => {
      const page = await tests.visit({ expected: /status of 415/ });
      await chooseBytes(page, 'x.json', Buffer.from('{"not": "an image"}'), 'application/json');
      const text = await alertText(page);
      expect(text).toContain('The image format is not supported');
      expect(text).toContain('Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image');
      expect(text).toMatch(/unsupported_media_type · HTTP 415 · request [0-9a-f-]{36}/);
      expect(await page.locator('.answer ol').isVisible()).toBe(false);
      expect(await status(page)).toBe('The photo was not classified.');
    });

    it('that the next photo clears', async () => {
      const page = await tests.visit({ expected: /status of 415/ });
      await chooseBytes(page, 'x', Buffer.from('x'), 'text/plain');
      await alertText(page);
      await choose(page);
      await predictions(page);
      expect((await page.getByRole('alert').allTextContents()).join('')).toBe('');
    });

    it('for a 403 of the gateway', async () => {
      const page = await tests.visit({ expected: /status of 403/ });
      await page.route('**/predict?*', (route) =>
        route.fulfill({ status: 403, json: { message: 'Forbidden' } }),
      );
      await choose(page);
      expect(await alertText(page)).toContain('If this service requires an API key, enter it under Options.');
    });

    it('for a missing answer', async () => {
      const page = await tests.visit({ expected: /ERR_FAILED|Failed to fetch/ });
      await page.route('**/predict?*', (route) => route.abort());
      await choose(page);
      expect(await alertText(page)).toContain('The service did not answer');
    });

    it('but not for a missing list of models, which it asks for again', async () => {
      const page = await tests.visit({ expected: /ERR_FAILED/ });
      await page.route('**/models', (route) => route.abort(), { times: 2 });
      await page.reload();
      await choose(page);
      expect(await predictions(page)).toEqual(FIVE);
      expect(await page.locator('#about').isVisible()).toBe(false);
      await choose(page);
      await page.locator('#about').waitFor();
    });
  });
});
