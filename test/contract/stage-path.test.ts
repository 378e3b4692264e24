import { describe, expect, test } from 'vitest';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { testApp } from '../support/app.ts';
import { lambdaContext, restEvent } from '../support/lambda-events.ts';

const STAGE = 'https://abcdef.execute-api.eu-central-1.amazonaws.com/prod';

/** Gets an address as API Gateway would hand it on: the stage's name is not part of the path. */
async function get(url: URL) {
  expect(url.href.startsWith(`${STAGE}/`), `${url.href} is below the stage`).toBe(true);
  const event = restEvent({ path: url.href.slice(STAGE.length) });
  return gatewayHandler(testApp().app)(event, lambdaContext);
}

/** Where the parts and links of a page lead a browser. */
const addresses = (html: string, page: URL): URL[] =>
  [...html.matchAll(/\b(?:href|src)="([^"]+)"/g)]
    .map(([, address = '']) => new URL(address, page))
    .filter(({ protocol }) => protocol !== 'data:');

describe('behind a stage’s name', () => {
  test.each([
    ['/', ['/docs', '/openapi.json', '/page.css', '/page.js']],
    ['/docs', ['/', '/docs/docs.js', '/docs/swagger-ui.css', '/docs/swagger-ui.js', '/openapi.json']],
  ])('whatever the page %s names is there', async (path, expected) => {
    const page = new URL(`${STAGE}${path}`);
    const { statusCode, body } = await get(page);
    expect(statusCode).toBe(200);
    const found = addresses(body, page);
    const paths = found.map(({ href }) => href.slice(STAGE.length));
    expect([...new Set(paths)].sort()).toEqual(expected);
    for (const address of found) expect((await get(address)).statusCode, address.href).toBe(200);
  });

  test('the API’s own document says that the API is where the document is', async () => {
    const document = new URL('openapi.json', `${STAGE}/docs`);
    const { servers } = JSON.parse((await get(document)).body) as { servers: { url: string }[] };
    expect(servers.map(({ url }) => new URL(url, document).href)).toEqual([`${STAGE}/`]);
  });

  test.each(['/page.js', '/docs/docs.js'])('%s names no address from the root of the host', async (path) => {
    const { body } = await get(new URL(`${STAGE}${path}`));
    expect(body).not.toMatch(/['"`]\/(predict|openapi|docs|model|health|ready)/);
  });
});
