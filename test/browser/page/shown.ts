import type { Page } from 'playwright-core';
import { example, plain } from '../support.ts';

export const FIVE = [
  '1. Egyptian cat, 87.3 %',
  '2. tabby, 7.4 %',
  '3. tiger cat, 4.2 %',
  '4. lynx, 0.7 %',
  '5. Persian cat, 0.1 %',
];

export const choose = (page: Page, ...files: string[]): Promise<void> =>
  page.setInputFiles('#file', files.length > 0 ? files : example('cat.jpg'));

/** Chooses a file of this name and these bytes. */
export const chooseBytes = (
  page: Page,
  name: string,
  buffer: Buffer,
  mimeType = 'image/jpeg',
): Promise<void> => page.setInputFiles('#file', { name, mimeType, buffer });

export async function predictions(page: Page): Promise<string[]> {
  await page.locator('.answer li').first().waitFor();
  return (await page.locator('.answer li').allTextContents()).map(plain);
}

/** What the collapsed details say. */
export async function facts(page: Page): Promise<Record<string, string>> {
  const pairs = await page.locator('.facts dl > div').all();
  return Object.fromEntries(
    await Promise.all(
      pairs.map(async (pair) => [
        await pair.locator('dt').textContent(),
        plain(await pair.locator('dd').textContent()),
      ]),
    ),
  );
}

export async function alertText(page: Page): Promise<string> {
  const alert = page.getByRole('alert').filter({ has: page.locator('strong') });
  await alert.waitFor();
  return plain(await alert.innerText());
}

export const headline = async (page: Page): Promise<string> => {
  await page.locator('.headline .label').waitFor();
  return plain(await page.locator('.headline').innerText()).replaceAll(/\n+/g, '\n');
};

export const status = async (page: Page): Promise<string> =>
  plain(await page.locator('#status').textContent());

/** The arguments that a command of the page hands to curl, as a shell would. */
export const command = (page: Page) => page.locator('#curl').textContent();
