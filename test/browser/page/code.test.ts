import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { browserTests, example, inPage, noBrowser } from '../support.ts';
import { choose, chooseBytes, command, predictions } from './shown.ts';

/** The arguments that curl receives if a shell runs the command. */
function shellArguments(text: string | null): string[] {
  const script = `curl() { printf '%s\\0' "$@"; }; ${text}`;
  return execFileSync('/bin/sh', ['-c', script]).toString().split('\0').slice(0, -1);
}

describe.skipIf(noBrowser)('the request as code', { timeout: 20_000 }, () => {
  const tests = browserTests();

  it('quotes the file name for the shell and for curl', async () => {
    const page = await tests.visit();
    const buffer = await readFile(example('cat.jpg'));
    const quoted = {
      "it's $HOME.jpg": `file=@"./it's $HOME.jpg"`,
      'a;type=b,c "d" \\e.jpg': 'file=@"./a;type=b,c \\"d\\" \\\\e.jpg"',
      '-': 'file=@"./-"',
    };
    for (const [name, argument] of Object.entries(quoted)) {
      await chooseBytes(page, name, buffer);
      await predictions(page);
      expect(shellArguments(await command(page))).toContain(argument);
    }
  });

  it('is chosen among tabs with the keyboard, and copied to the clipboard', async () => {
    const page = await tests.visit();
    await choose(page);
    const tabs = page.getByRole('tab');
    await tabs.first().waitFor();
    const count = await tabs.count();
    await tabs.first().focus();
    for (let index = 0; index < count; index++) {
      const tab = tabs.nth(index);
      expect(await tab.getAttribute('aria-selected')).toBe('true');
      expect(await tab.evaluate((element) => element.matches(':focus'))).toBe(true);
      const panel = page.getByRole('tabpanel', { name: (await tab.textContent()) ?? '' });
      await panel.getByRole('button', { name: 'Copy' }).click();
      await page.getByText('Copied.').waitFor();
      expect(await inPage(page, 'copied')).toBe(await panel.locator('code').textContent());
      await tab.focus();
      await page.keyboard.press('ArrowRight');
    }
    expect(await tabs.first().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('End');
    expect(await tabs.last().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Home');
    expect(await tabs.first().getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('ArrowLeft');
    expect(await tabs.last().getAttribute('aria-selected')).toBe('true');
    expect(await page.locator('[role=tab][tabindex="0"]').count()).toBe(1);
  });

  it('says on the button that it was copied, for a while', async () => {
    const page = await tests.visit();
    await page.clock.install();
    await choose(page);
    await page.getByRole('tab', { name: 'Go' }).click();
    const button = page.getByRole('tabpanel').getByRole('button');
    await button.click();
    await page.getByRole('button', { name: 'Copied Go' }).waitFor();
    expect(await button.textContent()).toBe('Copied');
    await page.clock.fastForward(2000);
    await page.getByRole('button', { name: 'Copy Go' }).waitFor();
    expect(await button.textContent()).toBe('Copy');
  });

  it('scrolls on a phone, in both directions', async () => {
    const page = await tests.visit({ viewport: { width: 390, height: 844 }, isMobile: true });
    await choose(page);
    await page.getByRole('tab', { name: 'Go' }).click();
    const code = page.getByRole('group', { name: 'Code in Go' });
    const scrolled = await code.evaluate((pre) => {
      pre.scrollTo(50, 50);
      return [pre.scrollLeft, pre.scrollTop];
    });
    expect(scrolled).toEqual([50, 50]);
    expect((await code.boundingBox())?.height).toBeLessThan(844);
    expect(await inPage(page, 'tabSize', '#panel-go pre')).toBe('2');
  });

  it('is selected if there is no clipboard', async () => {
    const page = await tests.visit();
    await inPage(page, 'withoutClipboard');
    await choose(page);
    await page.getByRole('tabpanel').getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Selected. Copy it with the keyboard.').waitFor();
    expect(await inPage(page, 'selected')).toBe(await command(page));
  });
});
