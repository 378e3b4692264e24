import { execFileSync } from 'node:child_process';
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { browserTests, example, noBrowser } from './support.ts';

const choose = (page: Page) => page.setInputFiles('#file', example('cat.jpg'));
const showOptions = (page: Page) => page.getByText('Options').click();
const hint = (page: Page) => page.locator('#credential-hint').textContent();

const VARIABLES = {
  API_KEY: 'the-key',
  API_TOKEN: 'the-token',
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'the-secret',
  AWS_SESSION_TOKEN: 'the-session',
};

/** The arguments that curl receives if a shell runs the command that the page shows. */
async function curlArguments(page: Page): Promise<string[]> {
  const script = `curl() { printf '%s\\0' "$@"; }; ${await page.locator('#curl').textContent()}`;
  return execFileSync('/bin/sh', ['-c', script], { env: VARIABLES }).toString().split('\0').slice(0, -1);
}

describe.skipIf(noBrowser).each([
  ['api-key', 'API key', /requires a key/, 'x-api-key', 's3cret', 'x-api-key: the-key'],
  [
    'jwt',
    'Bearer token',
    /requires a token/,
    'authorization',
    'Bearer s3cret',
    'Authorization: Bearer the-token',
  ],
])('the page with AUTH=%s', { timeout: 20_000 }, (auth, label, says, header, sent, argument) => {
  const tests = browserTests({ AUTH: auth });

  it('shows a field for it, and sends it in its header', async () => {
    const page = await tests.visit();
    expect(await hint(page)).toMatch(says);
    await page.getByLabel(label).fill('s3cret');
    const request = page.waitForRequest(/predict/);
    await choose(page);
    expect((await request).headers()[header]).toBe(sent);
    expect(await curlArguments(page)).toContain(argument);
    expect(await page.content()).not.toContain('s3cret');
  });

  it('asks for it if the gateway misses it', async () => {
    const page = await tests.visit({ expected: /status of 40[13]/ });
    const [status, code] = auth === 'jwt' ? [401, 'unauthorized'] : [403, 'forbidden'];
    await page.route('**/predict?*', (route) =>
      route.fulfill({ status, json: { title: 'No', detail: 'Refused.', code } }),
    );
    await choose(page);
    await page
      .getByRole('alert')
      .getByText(/Refused\. Enter an? .* under Options\./)
      .waitFor();
  });
});

describe.skipIf(noBrowser)('the page with AUTH=iam', { timeout: 20_000 }, () => {
  const tests = browserTests({ AUTH: 'iam' });

  it('takes no credentials, sends nothing, and shows how curl signs the request', async () => {
    const page = await tests.visit();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await showOptions(page);
    expect(await page.locator('#credential').isVisible()).toBe(false);
    await choose(page);
    await page.getByRole('alert').getByText('This page cannot sign the request').waitFor();
    expect(await curlArguments(page)).toEqual([
      '--aws-sigv4',
      'aws:amz:eu-central-1:execute-api',
      '--user',
      'AKIDEXAMPLE:the-secret',
      '-H',
      'x-amz-security-token: the-session',
      '--data-binary',
      '@cat.jpg',
      `${tests.origin}/predict?top_k=5`,
    ]);
    expect(requests.filter((url) => url.includes('predict'))).toEqual([]);
  });

  it('quotes the name of the file for curl', async () => {
    const page = await tests.visit();
    const file = { name: "it's $HOME.jpg", mimeType: 'image/jpeg', buffer: Buffer.from('x') };
    await page.setInputFiles('#file', file);
    await page.getByRole('alert').getByText('This page cannot sign the request').waitFor();
    expect(await curlArguments(page)).toContain("@./it's $HOME.jpg");
  });

  it('the API reference names the signature', async () => {
    const page = await tests.visit({ path: '/docs' });
    await page.locator('.opblock').first().waitFor();
    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.getByText('Signature Version 4').waitFor();
  });
});
