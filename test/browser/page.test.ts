import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  type BrowserTests,
  example,
  GATEWAY,
  inPage,
  noBrowser,
  plain,
  startBrowserTests,
} from './support.ts';

const REMOTE = 'https://images.example/cat.jpg';
const FIVE = [
  '1. Egyptian cat, 87.3 %',
  '2. tabby, 7.4 %',
  '3. tiger cat, 4.2 %',
  '4. lynx, 0.7 %',
  '5. Persian cat, 0.1 %',
];

const choose = (page: Page, file = example('cat.jpg')) => page.setInputFiles('#file', file);

async function predictions(page: Page): Promise<string[]> {
  await page.locator('#predictions li').first().waitFor();
  return (await page.locator('#predictions li').allTextContents()).map(plain);
}

async function facts(page: Page): Promise<Record<string, string>> {
  const pairs = await page.locator('#facts > div').all();
  return Object.fromEntries(
    await Promise.all(
      pairs.map(async (pair) => [
        await pair.locator('dt').textContent(),
        plain(await pair.locator('dd').textContent()),
      ]),
    ),
  );
}

const alertText = async (page: Page): Promise<string> => {
  const alert = page.getByRole('alert');
  await alert.locator('strong').waitFor();
  return plain(await alert.innerText());
};

const command = (page: Page) => page.locator('#curl').textContent();

/** The arguments that curl receives if a shell runs the command. */
function shellArguments(text: string | null): string[] {
  const script = `API_KEY=from-the-shell; curl() { printf '%s\\0' "$@"; }; ${text}`;
  return execFileSync('/bin/sh', ['-c', script]).toString().split('\0').slice(0, -1);
}

/** Answers in place of another site's server. */
const serveRemote = (page: Page) =>
  page.route(REMOTE, (route) => route.fulfill({ path: example('cat.jpg') }));

const base64 = async (file: string) => (await readFile(file)).toString('base64');

const paste = (page: Page) => page.keyboard.press('ControlOrMeta+V');

async function pasteText(page: Page, text: string): Promise<void> {
  await inPage(page, 'copyText', text);
  await paste(page);
}

describe.skipIf(noBrowser)('the page', { timeout: 20_000 }, () => {
  let tests: BrowserTests;
  beforeAll(async () => {
    tests = await startBrowserTests();
  }, 30_000);
  afterAll(() => tests?.stop());
  afterEach(() => expect(tests.takeComplaints()).toEqual([]));

  describe('image input', () => {
    it('shows the picture, classes, timings and command for a chosen file', async () => {
      const page = await tests.visit();
      await choose(page);
      expect(await predictions(page)).toEqual(FIVE);
      expect(await page.locator('#picture').evaluate((image) => image.naturalWidth)).toBe(451);
      expect(await page.locator('#picture').isVisible()).toBe(true);
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
        Size: '451 × 300',
        Bytes: '35,042',
        Model: 'resnet50 9.8.7-fake',
      });
      expect(await command(page)).toBe(`curl -F file=@cat.jpg '${tests.origin}/predict?top_k=5'`);
    });

    it('works behind a stage prefix', async () => {
      const page = await tests.visit({ base: GATEWAY });
      await choose(page);
      expect(await predictions(page)).toEqual(FIVE);
      expect(await command(page)).toBe(`curl -F file=@cat.jpg '${GATEWAY}/predict?top_k=5'`);
      const links = await page
        .locator('nav a')
        .evaluateAll((anchors) => anchors.map((anchor) => anchor.href));
      expect(links).toEqual([`${GATEWAY}/docs`, `${GATEWAY}/openapi.json`]);
    });

    it('accepts a dropped file', async () => {
      const page = await tests.visit();
      await inPage(page, 'drop', { base64: await base64(example('cat.jpg')) });
      expect(await predictions(page)).toEqual(FIVE);
      expect(await page.locator('#caption').textContent()).toBe('dropped.jpg');
    });

    it('explains what it expects if a drop is neither an image nor a URL', async () => {
      const page = await tests.visit();
      await inPage(page, 'drop', { text: 'a word' });
      expect(await page.locator('#status').textContent()).toBe('Expected an image or the URL of one.');
    });

    it('accepts a pasted image', async () => {
      const page = await tests.visit();
      await inPage(page, 'copyPng', await base64(example('cat.png')));
      await paste(page);
      expect(await predictions(page)).toEqual(FIVE);
      expect((await facts(page))['Format']).toBe('PNG');
    });

    it('accepts a pasted URL', async () => {
      const page = await tests.visit({ foreign: REMOTE });
      await serveRemote(page);
      await pasteText(page, REMOTE);
      expect(await predictions(page)).toEqual(FIVE);
      expect(await page.locator('#url').inputValue()).toBe(REMOTE);
    });

    it('does not intercept a paste into a field', async () => {
      const page = await tests.visit();
      await page.locator('#url').focus();
      await pasteText(page, REMOTE);
      expect(await page.locator('#url').inputValue()).toBe(REMOTE);
      expect(await page.locator('#status').textContent()).toBe('No image yet.');
    });

    it('accepts a URL, and loads the picture only after the service has', async () => {
      const page = await tests.visit({ foreign: REMOTE });
      await serveRemote(page);
      const release = tests.hold();
      await page.getByLabel('URL of an image').fill(REMOTE);
      await page.getByRole('button', { name: 'Classify' }).click();
      await page.getByText(`Classifying ${REMOTE}…`).waitFor();
      expect(await page.locator('#picture').getAttribute('src')).toBeNull();
      release();
      expect(await predictions(page)).toEqual(FIVE);
      await page.locator('#picture').waitFor();
      expect(shellArguments(await command(page))).toEqual([
        `${tests.origin}/predict/url`,
        '-H',
        'content-type: application/json',
        '-d',
        JSON.stringify({ url: REMOTE, top_k: 5 }),
      ]);
    });

    it('cancels the request in flight for a new one', async () => {
      const page = await tests.visit();
      const release = tests.hold();
      await choose(page);
      await page.getByText('Classifying cat.jpg…').waitFor();
      expect(await page.locator('#result').getAttribute('aria-busy')).toBe('true');
      const given = page.waitForEvent('requestfailed');
      await choose(page, example('espresso.webp'));
      expect((await given).failure()?.errorText).toBe('net::ERR_ABORTED');
      release();
      await predictions(page);
      expect((await facts(page))['Format']).toBe('WEBP');
      expect(await page.locator('#result').getAttribute('aria-busy')).toBe('false');
    });

    it('classifies an image that the browser cannot display', async () => {
      const page = await tests.visit();
      const buffer = await sharp(example('cat.jpg')).tiff().toBuffer();
      await page.setInputFiles('#file', { name: 'cat.tiff', mimeType: 'image/tiff', buffer });
      expect(await predictions(page)).toEqual(FIVE);
      await page.getByText('This browser cannot show a preview of this file.').waitFor();
      expect(await page.locator('#picture').isVisible()).toBe(false);
    });
  });

  describe('options', () => {
    it('requests again if the number of classes changes', async () => {
      const page = await tests.visit();
      await choose(page);
      await predictions(page);
      await page.getByText('Options').click();
      await page.getByLabel('Number of classes').fill('7');
      await page.keyboard.press('Enter');
      await page.locator('#predictions li').nth(6).waitFor();
      expect((await predictions(page)).slice(5)).toEqual(['6. cougar, < 0.1 %', '7. cheetah, < 0.1 %']);
      expect(await command(page)).toContain('top_k=7');
    });

    it('refuses the numbers of classes that the service refuses', async () => {
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

    it('keeps its images out of the captured sample', async () => {
      const page = await tests.visit();
      const sent = page.waitForRequest(/predict/);
      await choose(page);
      expect((await sent).headers()['x-no-capture']).toBe('1');
    });

    it('sends the API key, but neither stores nor shows it', async () => {
      const page = await tests.visit();
      await page.getByText('Options').click();
      await page.getByLabel('API key').fill('s3cret');
      const sent = page.waitForRequest(/predict/);
      await choose(page);
      expect((await sent).headers()['x-api-key']).toBe('s3cret');
      await predictions(page);
      expect(await page.content()).not.toContain('s3cret');
      expect(shellArguments(await command(page))).toContain('x-api-key: from-the-shell');
      expect(await inPage(page, 'stored')).toEqual(['', 0, 0]);
      await page.reload();
      expect(await page.locator('#credential').inputValue()).toBe('');
    });
  });

  describe('the command', () => {
    it('quotes the file name for the shell and for curl', async () => {
      const page = await tests.visit();
      const buffer = await readFile(example('cat.jpg'));
      const quoted = {
        "it's $HOME.jpg": `file=@"./it's $HOME.jpg"`,
        'a;type=b,c "d" \\e.jpg': 'file=@"./a;type=b,c \\"d\\" \\\\e.jpg"',
        '-': 'file=@"./-"',
      };
      for (const [name, argument] of Object.entries(quoted)) {
        await page.setInputFiles('#file', { name, mimeType: 'image/jpeg', buffer });
        await predictions(page);
        expect(shellArguments(await command(page))).toEqual([
          '-F',
          argument,
          `${tests.origin}/predict?top_k=5`,
        ]);
      }
    });

    it('is copied to the clipboard', async () => {
      const page = await tests.visit();
      await choose(page);
      await page.getByRole('button', { name: 'Copy command' }).click();
      await page.getByText('Copied.').waitFor();
      expect(await inPage(page, 'copied')).toBe(await command(page));
    });

    it('is selected if there is no clipboard', async () => {
      const page = await tests.visit();
      await inPage(page, 'withoutClipboard');
      await choose(page);
      await page.getByRole('button', { name: 'Copy command' }).click();
      await page.getByText('Selected. Copy it with the keyboard.').waitFor();
      expect(await inPage(page, 'selected')).toBe(await command(page));
    });
  });

  describe('errors', () => {
    it('shows the problem for a file that is not an image', async () => {
      const page = await tests.visit({ expected: /status of 415/ });
      const buffer = Buffer.from('{"not": "an image"}');
      await page.setInputFiles('#file', { name: 'x.json', mimeType: 'application/json', buffer });
      const text = await alertText(page);
      expect(text).toContain('The image format is not supported');
      expect(text).toContain('Expected a JPEG, PNG, WebP, GIF, AVIF or TIFF image');
      expect(text).toMatch(/unsupported_media_type · HTTP 415 · request [0-9a-f-]{36}/);
      expect(await page.locator('#predictions').isVisible()).toBe(false);
    });

    it('clears the problem with the next image', async () => {
      const page = await tests.visit({ expected: /status of 415/ });
      await page.setInputFiles('#file', { name: 'x', mimeType: 'text/plain', buffer: Buffer.from('x') });
      await alertText(page);
      await choose(page);
      await predictions(page);
      expect(await page.getByRole('alert').textContent()).toBe('');
    });

    it('explains a 403 from the gateway', async () => {
      const page = await tests.visit({ expected: /status of 403/ });
      await page.route('**/predict?*', (route) =>
        route.fulfill({ status: 403, json: { message: 'Forbidden' } }),
      );
      await choose(page);
      expect(await alertText(page)).toContain('If this service requires an API key, enter it under Options.');
    });

    it('explains a missing response', async () => {
      const page = await tests.visit({ expected: /ERR_FAILED|Failed to fetch/ });
      await page.route('**/predict?*', (route) => route.abort());
      await choose(page);
      expect(await alertText(page)).toContain('The service did not answer');
    });
  });

  describe('accessibility', () => {
    it('works without a mouse', async () => {
      const page = await tests.visit();
      // Registered early, because it takes the browser a moment to stop opening a window of its own.
      const chooser = page.waitForEvent('filechooser');
      const focused = () => inPage(page, 'focused');
      for (let stops = 0; stops < 5 && (await focused()) !== 'file'; stops++)
        await page.keyboard.press('Tab');
      expect(await focused()).toBe('file');
      const outline = await inPage(page, 'outline', '.drop');
      expect(outline).toContain('solid 3px');
      await page.keyboard.press('Enter');
      await (await chooser).setFiles(example('cat.jpg'));
      expect(await predictions(page)).toEqual(FIVE);
      await page.getByText('Options').click();
      const stops = new Set<unknown>();
      for (let presses = 0; presses < 12; presses++) {
        await page.keyboard.press('Tab');
        stops.add(await focused());
      }
      expect([...stops]).toEqual(expect.arrayContaining(['url', 'top-k', 'credential', 'copy']));
    });

    it('announces progress, then the result', async () => {
      const page = await tests.visit();
      await inPage(page, 'listen');
      await choose(page);
      await predictions(page);
      expect((await inPage<string[]>(page, 'said')).map(plain)).toEqual([
        'Classifying cat.jpg…',
        'Top prediction: Egyptian cat, 87.3 %',
      ]);
    });

    it('has accessible names, a language, one main heading and a readable list', async () => {
      const page = await tests.visit();
      await page.getByText('Options').click();
      await choose(page);
      await predictions(page);
      const devtools = await page.context().newCDPSession(page);
      const { nodes } = await devtools.send('Accessibility.getFullAXTree');
      const roles = ['button', 'textbox', 'spinbutton', 'link', 'image', 'list', 'region', 'navigation'];
      const found = nodes.filter(({ ignored, role }) => !ignored && roles.includes(String(role?.value)));
      expect(found.length).toBeGreaterThanOrEqual(11);
      expect(found.filter(({ name }) => !name?.value).map(({ role }) => role?.value)).toEqual([]);
      // Browsers accept a placeholder as a name, but it disappears when the user types.
      const unlabelled = await page
        .locator('input')
        .evaluateAll((inputs) => inputs.filter((input) => input.labels.length === 0).map(({ id }) => id));
      expect(unlabelled).toEqual([]);
      expect(await page.locator('html').getAttribute('lang')).toBe('en');
      expect(await page.locator('h1').allTextContents()).toEqual(['Image classification']);
      expect(plain(await page.locator('#predictions').ariaSnapshot())).toContain(
        '- listitem: 1. Egyptian cat, 87.3 %',
      );
    });

    it.each(['light', 'dark'] as const)('has enough contrast in the %s theme', async (colorScheme) => {
      const page = await tests.visit({ colorScheme, expected: /status of 415/ });
      await page.getByText('Options').click();
      await choose(page);
      await predictions(page);
      expect(await inPage(page, 'lowContrast')).toEqual([]);
      await page.setInputFiles('#file', { name: 'x', mimeType: 'text/plain', buffer: Buffer.from('x') });
      await alertText(page);
      expect(await inPage(page, 'lowContrast')).toEqual([]);
    });

    it('needs no horizontal scrolling at 320 pixels', async () => {
      const page = await tests.visit({ viewport: { width: 320, height: 640 } });
      await page.getByText('Options').click();
      const buffer = await readFile(example('cat.jpg'));
      await page.setInputFiles('#file', { name: `${'long'.repeat(40)}.jpg`, mimeType: 'image/jpeg', buffer });
      await predictions(page);
      expect(await inPage(page, 'width')).toBe(320);
    });

    it('respects reduced motion', async () => {
      const page = await tests.visit({ reducedMotion: 'reduce' });
      await choose(page);
      await predictions(page);
      expect(
        await page
          .locator('.bar')
          .first()
          .evaluate((bar) => bar.getAnimations().length),
      ).toBe(0);
    });
  });
});
