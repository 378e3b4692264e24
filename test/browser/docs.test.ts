import { describe, expect, it } from 'vitest';
import { browserTests, GATEWAY, inPage, noBrowser } from './support.ts';

describe.skipIf(noBrowser)('the API reference', { timeout: 20_000 }, () => {
  const tests = browserTests();

  it('lists the operations', async () => {
    const page = await tests.visit({ path: '/docs' });
    const operation = page.locator('.opblock-post', { hasText: 'Classify an image' });
    await operation.waitFor();
    expect(await operation.locator('.opblock-summary-method').textContent()).toBe('POST');
    expect(await operation.locator('.opblock-summary-path').getAttribute('data-path')).toBe('/predict');
    expect(await page.locator('h1').count()).toBe(1);
  });

  it.each(['its own server', GATEWAY])('shows the address of the service at %s', async (place) => {
    const base = place === GATEWAY ? GATEWAY : tests.origin;
    const page = await tests.visit({ base, path: '/docs' });
    const server = page.locator('.servers option');
    await server.waitFor({ state: 'attached' });
    expect(await server.textContent()).toContain(`${base} - `);
  });

  it.each(['its own server', GATEWAY])('"Try it out" reaches the service at %s', async (place) => {
    const base = place === GATEWAY ? GATEWAY : tests.origin;
    const page = await tests.visit({ base, path: '/docs' });
    const operation = page.locator('.opblock', { has: page.locator('[data-path="/health"]') });
    await operation.locator('.opblock-summary-control').click();
    const answer = page.waitForResponse((response) => response.url().endsWith('/health'));
    await operation.locator('.execute').click();
    expect((await answer).url()).toBe(`${base}/health`);
    await operation.locator('.live-responses-table .response-col_status', { hasText: '200' }).waitFor();
  });

  it('links a single operation', async () => {
    const page = await tests.visit({ path: '/docs#/Predictions/predictUrl' });
    await page.locator('.opblock.is-open', { hasText: '/predict/url' }).waitFor();
  });

  it('follows the system’s dark mode', async () => {
    const page = await tests.visit({ path: '/docs', colorScheme: 'dark' });
    await page.locator('.opblock').first().waitFor();
    expect(await inPage(page, 'colorScheme')).toBe('dark');
  });
});
