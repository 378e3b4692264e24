import { describe, expect, test } from 'vitest';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { testApp } from '../support/app.ts';
import { lambdaContext, restEvent } from '../support/lambda-events.ts';

const STAGE = 'https://abcdef.execute-api.eu-central-1.amazonaws.com/prod';

/** Gets an address as API Gateway would pass it on: without the name of the stage in the path. */
async function get(url: URL) {
  expect(url.href.startsWith(`${STAGE}/`), `${url.href} is below the stage`).toBe(true);
  const event = restEvent({ path: url.href.slice(STAGE.length) });
  return gatewayHandler(testApp().app)(event, lambdaContext);
}

/** The addresses of the parts and links of a page. */
const addresses = (html: string, page: URL): URL[] =>
  [...html.matchAll(/\b(?:href|src)="([^"]+)"/g)]
    .map(([, address = '']) => new URL(address, page))
    .filter(({ protocol }) => protocol !== 'data:');

describe('behind the name of a stage', () => {
  test.each([
    ['/', ['/docs', '/openapi.json', '/page.css', '/page.js']],
    ['/docs', ['/', '/docs/docs.js', '/docs/swagger-ui.css', '/docs/swagger-ui.js', '/openapi.json']],
  ])('every address in the page %s is found', async (path, expected) => {
    const page = new URL(`${STAGE}${path}`);
    const { statusCode, body } = await get(page);
    expect(statusCode).toBe(200);
    const found = addresses(body, page);
    const paths = found.map(({ href }) => href.slice(STAGE.length));
    expect([...new Set(paths)].sort()).toEqual(expected);
    for (const address of found) expect((await get(address)).statusCode, address.href).toBe(200);
  });

  test('the server in the OpenAPI document is the one that serves it', async () => {
    const document = new URL('openapi.json', `${STAGE}/docs`);
    const { servers } = JSON.parse((await get(document)).body) as { servers: { url: string }[] };
    expect(servers.map(({ url }) => new URL(url, document).href)).toEqual([`${STAGE}/`]);
  });

  test.each(['/page.js', '/docs/docs.js'])(
    '%s has no address that begins at the root of the host',
    async (path) => {
      const { body } = await get(new URL(`${STAGE}${path}`));
      expect(body).not.toMatch(/['"`]\/(predict|openapi|docs|model|health|ready)/);
    },
  );
});
