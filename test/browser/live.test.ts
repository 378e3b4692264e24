import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ERROR_KINDS } from '../../lambda/errors.ts';
import { axeViolations } from './axe.ts';
import { INFO, second, seconds } from './live-seconds.ts';
import { startLiveService } from './live-service.ts';
import { type BrowserTests, example, inPage, noBrowser, plain, startBrowserTests } from './support.ts';

type LiveService = Awaited<ReturnType<typeof startLiveService>>;

/** Evaluated by the debugger, which the content security policy does not concern. */
const helpers = readFile(fileURLToPath(new URL('./live-in-page.js', import.meta.url)), 'utf8');

/** A minute without anything special. */
const MINUTE = [
  ['info', INFO],
  ['history', { seconds: seconds(0, 60) }],
] as const;

const text = async (page: Page, selector: string) =>
  plain(await page.locator(selector).textContent())
    .replaceAll('\u2009', ' ')
    .replaceAll(/\s+/g, ' ');

const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

/** The rows of a panel's table, each from its name to its last column. */
async function rows(page: Page, name: string): Promise<string[][]> {
  const found = await panel(page, name).locator('tbody tr').all();
  const cells = await Promise.all(found.map((row) => row.locator('th, td').allTextContents()));
  return cells.map((row) => row.map((cell) => plain(cell).replaceAll('\u2009', ' ')));
}

const bars = async (page: Page) =>
  Promise.all(
    (await panel(page, 'Classes').locator('li').all()).map(async (bar) =>
      (await bar.locator('span').allTextContents()).map(plain).join(' '),
    ),
  );

describe.skipIf(noBrowser)('the live view', { timeout: 20_000 }, () => {
  let tests: BrowserTests;
  let service: LiveService;
  beforeAll(async () => {
    [tests, service] = await Promise.all([startBrowserTests(), startLiveService()]);
  }, 30_000);
  afterAll(() => Promise.all([tests?.stop(), service?.stop()]));
  beforeEach(() => service.answerWith({ kind: 'events' }, [...MINUTE]));
  afterEach(() => expect(tests.takeComplaints()).toEqual([]));

  async function visit(options: Parameters<BrowserTests['visit']>[0] = {}): Promise<Page> {
    const page = await tests.visit({ base: service.url, path: '/live', ...options });
    await page.evaluate(await helpers);
    return page;
  }

  /** Visits, and waits until the page shows the first seconds. */
  async function visitLive(options: Parameters<BrowserTests['visit']>[0] = {}): Promise<Page> {
    const page = await visit(options);
    await page.locator('[data-connection=live]').waitFor();
    await page.locator('#subtitle', { hasText: 'up' }).waitFor();
    return page;
  }

  /** Sends a second, and waits until the page shows its number of images that wait. */
  async function sendAndSee(page: Page, sent: ReturnType<typeof second>): Promise<void> {
    await service.send('second', sent);
    await page.getByText(`${sent.queue} waiting`, { exact: true }).waitFor();
  }

  describe('the numbers', () => {
    it('are those of the events', async () => {
      const page = await visitLive();
      expect(await text(page, '#rate')).toBe('20 /s');
      expect(await text(page, '#p95')).toBe('45.6 ms');
      expect(await text(page, '#p95-note')).toBe('p50 12.3 · p99 78.9');
      expect(await text(page, '#errors')).toBe('0 %');
      expect(await text(page, '#in-flight')).toBe('3 of 32');
      expect(await text(page, '#verdict-title')).toBe('Running well');
      expect(await rows(page, 'Requests')).toEqual([
        ['answered', '20 /s', '20 /s', '20 /s'],
        ['refused', '0 /s', '0 /s', '0 /s'],
      ]);
      expect(await rows(page, 'Latency of predictions')).toEqual([
        ['p50', '12.3 ms', '12.3 ms'],
        ['p95', '45.6 ms', '45.6 ms'],
        ['p99', '78.9 ms', '78.9 ms'],
      ]);
      expect(await rows(page, 'Decoding and inference')).toEqual([
        ['decoding p50', '2.1 ms', '2.1 ms'],
        ['decoding p95', '4.2 ms', '4.2 ms'],
        ['inference p50', '9.1 ms', '9.1 ms'],
        ['inference p95', '18.2 ms', '18.2 ms'],
      ]);
      expect(await rows(page, 'Formats')).toEqual([
        ['JPEG', '12 /s', '12 /s', '720'],
        ['WebP', '6 /s', '6 /s', '360'],
      ]);
      expect(await rows(page, 'CPU')).toEqual([['CPU', '62 %', '62 %', '62 %']]);
      expect(await rows(page, 'Memory')).toEqual([
        ['resident set', '300 MiB', '300 MiB'],
        ['JavaScript heap', '40 MiB', '40 MiB'],
      ]);
      expect(await rows(page, 'Event-loop delay')).toEqual([
        ['longest of a second', '3.25 ms', '3.25 ms', '3.25 ms'],
      ]);
      expect(await panel(page, 'Memory').locator('.limit-name').textContent()).toBe('limit 2,048 MiB');
    });

    it('follow the seconds', async () => {
      const page = await visitLive();
      const latency_ms = { p50: 1, p95: 250, p99: 300 };
      await sendAndSee(page, second(60, { requests: 40, in_flight: 7, queue: 5, latency_ms }));
      expect(await text(page, '#rate')).toBe('22 /s');
      expect(await text(page, '#rate-note')).toBe('highest 40 /s');
      expect(await text(page, '#p95')).toBe('250 ms');
      expect((await rows(page, 'Requests'))[0]).toEqual(['answered', '40 /s', '20.3 /s', '40 /s']);
      expect((await rows(page, 'In flight and waiting'))[1]).toEqual(['requests waiting', '5', '0.08', '5']);
    });

    it('tell errors of the service from requests that are not valid', async () => {
      const page = await visitLive();
      await sendAndSee(page, second(60, { queue: 1, errors: { invalid_image: 3, url_fetch_failed: 1 } }));
      expect(await text(page, '#errors')).toBe('0 %');
      expect(await text(page, '#errors-note')).toBe('not valid 2 %');
      expect(await text(page, '#verdict-title')).toBe('Running well');
      await sendAndSee(page, second(61, { queue: 2, errors: { internal: 2, overloaded: 4 } }));
      expect(await text(page, '#errors')).toBe('3 %');
      expect(await text(page, '#errors-note')).toBe('not valid 2 %');
      expect(await text(page, '#verdict-title')).toBe('Some errors');
      await sendAndSee(page, second(62, { queue: 3, requests: 100, errors: { internal: 90 } }));
      expect(await text(page, '#verdict-title')).toBe('Failing');
      expect(await rows(page, 'Errors by code')).toEqual([
        ['internal', '90 /s', '92'],
        ['overloaded', '0 /s', '4'],
        ['invalid_image', '0 /s', '3'],
        ['url_fetch_failed', '0 /s', '1'],
      ]);
    });

    it('know which codes are errors of the service', async () => {
      const page = await visitLive();
      const known = await inPage<string[]>(page, 'serverErrors');
      // The server at the caller's URL failed.
      const remote = ['url_fetch_failed', 'url_timeout'];
      const expected = Object.entries(ERROR_KINDS).flatMap(([code, { status }]) =>
        status >= 500 && !remote.includes(code) ? [code] : [],
      );
      expect(known.sort()).toEqual(expected.sort());
    });

    it('count all but the most frequent codes together', async () => {
      const page = await visitLive();
      const codes = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((code, index) => [code, 9 - index]);
      await sendAndSee(page, second(60, { queue: 1, errors: Object.fromEntries(codes) }));
      const counts = (await rows(page, 'Errors by code')).map(([code, , total]) => `${code} ${total}`);
      expect(counts).toEqual(['a 9', 'b 8', 'c 7', 'd 6', 'e 5', 'all others 9']);
    });

    it('show the ten most frequent classes of the window', async () => {
      const letters = 'abcdefghijkl'.split('');
      const classes = Object.fromEntries(letters.map((letter, index) => [letter, 100 - index]));
      service.answerWith({ kind: 'events' }, [
        ['info', INFO],
        ['history', { seconds: [second(0, { classes }), second(1, { classes: { l: 50 } })] }],
      ]);
      const page = await visitLive();
      const shown = await bars(page);
      expect(shown.length).toBe(10);
      expect(shown.slice(0, 2)).toEqual(['l 139 12 %', 'a 100 8.4 %']);
      expect(await panel(page, 'Classes').locator('p').textContent()).toBe('and 2 others');
    });

    it('name the service and its models, and take their new states', async () => {
      const page = await visitLive();
      expect(await text(page, '#subtitle')).toBe('Version 1.2.3 of the service, up 1 h');
      expect(await rows(page, 'Service and models')).toEqual([
        ['resnet50', '1.0.0', 'ready'],
        ['efficientnet-lite2', '2.0.0', 'loading'],
      ]);
      const models = [{ name: 'resnet50', version: '1.0.0', state: 'failed' }];
      await service.send('info', { ...INFO, models });
      await page.getByText('resnet50 cannot be loaded.').waitFor();
      expect(await rows(page, 'Service and models')).toEqual([['resnet50', '1.0.0', 'failed']]);
    });

    it('invite to send the first request', async () => {
      const none = { requests: 0, predictions: 0, latency_ms: null, classes: {}, formats: {} };
      service.answerWith({ kind: 'events' }, [
        ['info', INFO],
        ['history', { seconds: seconds(0, 30, none) }],
      ]);
      const page = await visitLive();
      expect(await text(page, '#verdict')).toContain('Idle No requests in the last minute.');
      expect(await page.locator('#invitation').isVisible()).toBe(true);
      expect(await text(page, '#p95')).toBe('–');
      expect(await panel(page, 'Latency of predictions').locator('.empty').textContent()).toBe(
        'No predictions in this window',
      );
    });

    it('are not drawn while the page has no frames, and then only once', async () => {
      const page = await visitLive();
      await inPage(page, 'holdFrames');
      for (let t = 60; t < 65; t += 1) await service.send('second', second(t, { queue: t }));
      await expect.poll(() => inPage(page, 'heldFrames')).toBe(1);
      expect(await text(page, '#in-flight-note')).toBe('0 waiting');
      await expect
        .poll(async () => {
          await inPage(page, 'nextFrame');
          return text(page, '#in-flight-note');
        })
        .toBe('64 waiting');
    });

    it('keep the last 15 minutes, and nothing before', async () => {
      const page = await visitLive();
      const kept = await inPage(page, 'keptSeconds');
      expect(kept).toEqual([900, 1100, 1999]);
    });
  });

  describe('the controls', () => {
    it('choose the window', async () => {
      service.answerWith({ kind: 'events' }, [
        ['info', INFO],
        ['history', { seconds: [...seconds(0, 600, { requests: 5 }), ...seconds(600, 300)] }],
      ]);
      const page = await visitLive();
      const average = async () => (await rows(page, 'Requests'))[0]?.[2];
      expect(await average()).toBe('20 /s');
      await page.getByText('15 min', { exact: true }).click();
      await expect.poll(average).toBe('10 /s');
      expect((await rows(page, 'Formats'))[0]?.[3]).toBe('10,800');
      await page.getByText('1 min', { exact: true }).click();
      await expect.poll(async () => (await rows(page, 'Formats'))[0]?.[3]).toBe('720');
    });

    it('pause the view, and catch up after it', async () => {
      const page = await visitLive();
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByText(/^Paused at \d\d:\d\d:\d\d$/).waitFor();
      expect(await page.getByText('Live', { exact: true }).isVisible()).toBe(false);
      expect(await inPage(page, 'dotColour', 'paused')).toBe(await inPage(page, 'colour', '--grey'));
      await service.send('second', second(60, { requests: 99 }));
      await service.send('info', { ...INFO, version: '2.0.0' });
      await page.getByText('Version 2.0.0 of the service, up').waitFor();
      expect(await text(page, '#rate-note')).toBe('highest 20 /s');
      await page.getByRole('button', { name: 'Resume' }).click();
      await page.getByText('highest 99\u2009/s').waitFor();
      expect(await page.locator('#paused').isVisible()).toBe(false);
      expect(await page.getByText('Live', { exact: true }).isVisible()).toBe(true);
    });

    it('say that the connection is lost, also while the view is paused', async () => {
      const page = await visitLive({ expected: /status of 503/ });
      await page.getByRole('button', { name: 'Pause' }).click();
      service.answerWith({ kind: 'refused', status: 503, detail: 'The service is busy.' });
      await service.cut();
      await page.getByText('The service is busy.').waitFor();
      expect(await page.getByText('Not connected', { exact: true }).isVisible()).toBe(true);
      expect(await page.locator('#paused').isVisible()).toBe(true);
    });

    it('hide the marks of the axis that the time of the second would cover', async () => {
      const page = await visitLive();
      const plot = panel(page, 'Requests').locator('.plot');
      const { width, height } = (await plot.boundingBox()) ?? { width: 0, height: 0 };
      const marks = () => plot.locator('.mark').evaluateAll((all) => all.map((mark) => mark.textContent));
      const seen = () =>
        plot.locator('.mark:visible').evaluateAll((all) => all.map((mark) => mark.textContent));
      expect(await seen()).toEqual(await marks());
      await plot.hover({ position: { x: width - 10, y: height / 2 } });
      expect(await seen()).toEqual((await marks()).slice(1));
      expect(await inPage(page, 'overlaps', 'Requests')).toEqual([]);
      await page.mouse.move(0, 0);
      expect(await seen()).toEqual(await marks());
    });

    it('show the values of the second under the mouse, in all panels', async () => {
      const page = await visitLive();
      await sendAndSee(page, second(60, { requests: 50, cpu_percent: 99, queue: 1 }));
      await sendAndSee(page, second(61, { queue: 2 }));
      await page.getByText('1 min', { exact: true }).click();
      const plot = panel(page, 'Requests').locator('.plot');
      const { width } = (await plot.boundingBox()) ?? { width: 0 };
      // The last second ends 8 pixels from the right, and the axis begins 40 pixels from the left.
      const pixelsASecond = (width - 48) / 60;
      await plot.hover({ position: { x: width - 8 - 1.5 * pixelsASecond, y: 40 } });
      const [head] = await panel(page, 'CPU').locator('thead th').nth(1).allTextContents();
      expect(head).toMatch(/^\d\d:\d\d:\d\d$/);
      expect((await rows(page, 'Requests'))[0]?.[1]).toBe('50 /s');
      expect((await rows(page, 'CPU'))[0]?.[1]).toBe('99 %');
      await page.mouse.move(0, 0);
      expect((await rows(page, 'Requests'))[0]?.[1]).toBe('20 /s');
    });

    it('keep the values of the second that was touched', async () => {
      const page = await visitLive({ hasTouch: true });
      const head = panel(page, 'CPU').locator('thead th').nth(1);
      const plot = panel(page, 'Requests').locator('.plot');
      const { width } = (await plot.boundingBox()) ?? { width: 0 };
      await plot.tap({ position: { x: width - 20, y: 40 } });
      expect(await head.textContent()).toMatch(/^\d\d:\d\d:\d\d$/);
      await page.locator('#verdict-title').tap();
      expect(await head.textContent()).toBe('Now');
    });

    it('work with the keyboard', async () => {
      const page = await visitLive();
      await sendAndSee(page, second(60, { requests: 50, refused: 3, queue: 1 }));
      await sendAndSee(page, second(61, { queue: 2 }));
      await page.getByRole('radio', { name: '5 min', exact: true }).focus();
      await page.keyboard.press('ArrowLeft');
      expect(await page.getByRole('radio', { name: '1 min', exact: true }).isChecked()).toBe(true);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
      await page.getByRole('button', { name: 'Resume' }).waitFor();
      await page.keyboard.press('Tab');
      const requests = page.getByRole('slider', { name: 'Requests, second by second' });
      expect(await inPage(page, 'isFocused', 'Requests, second by second')).toBe(true);
      expect(await inPage(page, 'focusOutline')).toContain('solid 3px');
      const said = async () => plain(await requests.getAttribute('aria-valuetext')).replaceAll('\u2009', ' ');
      expect(await said()).toMatch(/^\d\d:\d\d:\d\d: answered 20 \/s, refused 0 \/s$/);
      await page.keyboard.press('ArrowLeft');
      expect(await said()).toMatch(/^\d\d:\d\d:\d\d: answered 50 \/s, refused 3 \/s$/);
      expect((await rows(page, 'Requests'))[1]?.[1]).toBe('3 /s');
      await page.keyboard.press('Escape');
      expect((await rows(page, 'Requests'))[1]?.[1]).toBe('0 /s');
    });
  });

  describe('the connection', () => {
    const REFUSED = /status of (401|403|404|503)|ERR_/;

    it('says that it waits for the first second', async () => {
      service.answerWith({ kind: 'events' });
      const page = await visit();
      await page.getByText('The first second has not come yet.').waitFor();
      expect(await text(page, '#connection')).toBe('Connecting');
      expect(await page.locator('#dashboard').getAttribute('aria-busy')).toBe('true');
    });

    it('comes back after the service has restarted, and keeps the seconds from before', async () => {
      const page = await visitLive();
      const latest = seconds(70, 10);
      service.answerWith({ kind: 'events' }, [
        ['info', { ...INFO, version: '1.2.4' }],
        ['history', { seconds: latest }],
      ]);
      await service.cut();
      await page.getByText('The service ended the connection. Next attempt in 1 s.').waitFor();
      expect(await text(page, '#verdict-title')).toBe('Out of date');
      await page.getByText('Version 1.2.4 of the service, up').waitFor();
      expect(await page.locator('#notice').isVisible()).toBe(false);
      expect((await rows(page, 'Formats'))[0]?.[3]).toBe('840');
    });

    it('waits longer after each failure, and tries again at once if asked to', async () => {
      const page = await visitLive({ expected: REFUSED });
      service.answerWith({ kind: 'refused', status: 503, detail: 'The live view has 8 viewers already.' });
      await service.cut();
      await page.getByText('The live view has 8 viewers already. Next attempt in 2 s.').waitFor();
      await page.getByRole('button', { name: 'Try now' }).click();
      await expect.poll(() => service.asked.length).toBe(2);
      service.answerWith({ kind: 'events' }, [...MINUTE]);
      await page.getByRole('button', { name: 'Try now' }).click();
      await page.locator('[data-connection=live]').waitFor();
    });

    it('asks for the token, and keeps it nowhere', async () => {
      service.answerWith({ kind: 'token', token: 'the-right-token-0' }, [...MINUTE]);
      const page = await visit({ expected: REFUSED });
      const field = page.getByLabel('Token', { exact: true });
      await field.waitFor();
      expect(await inPage(page, 'focused')).toBe('token');
      expect(await page.locator('#dashboard').isVisible()).toBe(false);
      await field.fill('ümlaut');
      await page.keyboard.press('Enter');
      await page.getByText('Expected a token of visible ASCII characters.').waitFor();
      await field.fill('a-wrong-token-000');
      await page.keyboard.press('Enter');
      await page.getByText('The service did not accept this token.').waitFor();
      await field.fill('the-right-token-0');
      await page.getByRole('button', { name: 'Open' }).click();
      await page.locator('[data-connection=live]').waitFor();
      expect(service.asked).toEqual([undefined, 'Bearer a-wrong-token-000', 'Bearer the-right-token-0']);
      expect(await field.inputValue()).toBe('');
      expect(await page.content()).not.toContain('the-right-token-0');
      expect(await inPage(page, 'stored')).toEqual(['', 0, 0]);
      // Connects again with the token.
      await service.cut();
      await expect.poll(() => service.asked.length, { timeout: 10_000 }).toBe(4);
      expect(service.asked[3]).toBe('Bearer the-right-token-0');
      await page.reload();
      await field.waitFor();
    });

    it.each([
      { status: 403, says: 'The live view is not open to you' },
      { status: 404, says: 'The live view is switched off' },
    ] as const)('explains a $status, and asks again if told to', async ({ status, says }) => {
      service.answerWith({ kind: 'refused', status, detail: 'Only clients on the same machine may see it.' });
      const page = await visit({ expected: REFUSED });
      await page.getByRole('heading', { name: says }).waitFor();
      if (status === 403) await page.getByText('Only clients on the same machine may see it.').waitFor();
      expect(await page.locator('#dashboard').isVisible()).toBe(false);
      service.answerWith({ kind: 'events' }, [...MINUTE]);
      await page.getByRole('button', { name: 'Check again' }).click();
      await page.locator('[data-connection=live]').waitFor();
    });
  });

  describe('accessibility', () => {
    it.each(['light', 'dark'] as const)('satisfies axe in the %s theme', async (colorScheme) => {
      const page = await visitLive({ colorScheme, expected: /status of (401|503)/ });
      expect(await axeViolations(page)).toEqual([]);
      service.answerWith({ kind: 'refused', status: 503, detail: 'The service is busy.' });
      await service.cut();
      await page.getByText('The service is busy.').waitFor();
      expect(await axeViolations(page)).toEqual([]);
      service.answerWith({ kind: 'token', token: 'x' });
      await page.reload();
      await page.getByLabel('Token', { exact: true }).waitFor();
      expect(await axeViolations(page)).toEqual([]);
    });

    it('tells a screen reader of a change once, not each second', async () => {
      const page = await visitLive();
      await inPage(page, 'listenToAll');
      for (let t = 60; t < 64; t += 1) {
        await sendAndSee(page, second(t, { requests: t, queue: t, errors: { internal: t } }));
      }
      expect(await inPage(page, 'announced')).toEqual([]);
      expect(await text(page, '#said')).toBe('Running well. No errors in the last minute.');
    });

    it.each([320, 1280, 3840])('needs no horizontal scrolling at %i pixels', async (width) => {
      const classes = { [`a class with a ${'very '.repeat(30)}long name`]: 1, [`x${'long'.repeat(30)}`]: 1 };
      const errors = { [`a_${'long_'.repeat(20)}code`]: 1 };
      service.answerWith({ kind: 'events' }, [
        ['info', { ...INFO, version: 'long'.repeat(30) }],
        ['history', { seconds: seconds(0, 60, { classes, errors, requests: 123_456 }) }],
      ]);
      const page = await visitLive({ viewport: { width, height: 800 } });
      expect(await inPage(page, 'width')).toBe(width);
    });

    it('moves nothing by itself', async () => {
      const page = await visitLive({ reducedMotion: 'reduce' });
      await sendAndSee(page, second(60, { queue: 1 }));
      expect(await inPage(page, 'animations')).toBe(0);
    });
  });

  it('shows what the service itself sends', async () => {
    const page = await tests.visit({ path: '/live' });
    await page.locator('[data-connection=live]').waitFor();
    const photo = await readFile(example('cat.jpg'));
    for (const body of [photo, photo, photo.subarray(0, 1000)]) {
      await fetch(`${tests.origin}/predict`, { method: 'POST', body: Uint8Array.from(body) });
    }
    await page.getByText('invalid_image').waitFor();
    expect(await bars(page)).toEqual(['Egyptian cat 2 100 %']);
    expect((await rows(page, 'Formats')).map(([name, , , total]) => [name, total])).toEqual([['JPEG', '2']]);
    expect((await rows(page, 'Errors by code')).map(([code, , total]) => [code, total])).toEqual([
      ['invalid_image', '1'],
    ]);
    expect(await text(page, '#p95')).toMatch(/^[\d.,]+ ms$/);
    expect(await rows(page, 'Service and models')).toEqual([['resnet50', '9.8.7-fake', 'ready']]);
    expect(await text(page, '#verdict-title')).toBe('Running well');
  });

  it('loads all modules at once', async () => {
    const folder = fileURLToPath(new URL('../../lambda/http/page/live', import.meta.url));
    const modules = (await readdir(folder)).filter((name) => name.endsWith('.js'));
    const page = await visitLive();
    const named = await page
      .locator('link[rel=modulepreload], script[src]')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? one.getAttribute('src')));
    expect(named.sort()).toEqual(modules.map((name) => `live/${name}`).sort());
  });
});
