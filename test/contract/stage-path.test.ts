import { describe, expect, test } from 'vitest';
import { gatewayHandler } from '../../lambda/http/gateway.ts';
import { testApp } from '../support/app.ts';
import { lambdaContext, restEvent } from '../support/lambda-events.ts';
import { IMAGE_PAGE_FILES, PAGE_FILES, PAGES } from '../support/pages.ts';

const OWN_SCRIPTS = PAGE_FILES.flatMap(([path, type]) =>
  type.startsWith('text/javascript') && !path.includes('swagger') ? [path] : [],
);
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

/** Photos that the script of the main page shows: no page has their addresses. */
const isShown = (path: string): boolean => path.startsWith('/examples/');
/** Hidden where the service does not have it, as on Lambda. */
const isOptional = ({ href }: URL): boolean => href === `${STAGE}/live`;

describe('behind the name of a stage', () => {
  async function addressesIn(path: string): Promise<readonly URL[]> {
    const page = new URL(`${STAGE}${path}`);
    const { statusCode, body } = await get(page);
    expect(statusCode).toBe(200);
    return addresses(body, page);
  }

  test.each(PAGES)('every address in the page %s is found', async (path) => {
    const found = await addressesIn(path);
    expect(found).not.toEqual([]);
    for (const address of found.filter((one) => !isOptional(one)))
      expect((await get(address)).statusCode, address.href).toBe(200);
  });

  test('the pages link to each other, to all of their files and to the document', async () => {
    const found = (await Promise.all(PAGES.map(addressesIn))).flat().filter((one) => !isOptional(one));
    const paths = found.map(({ href }) => href.slice(STAGE.length));
    const files = IMAGE_PAGE_FILES.map(([path]) => path).filter((path) => !isShown(path));
    expect([...new Set(paths)].sort()).toEqual([...files, '/openapi.json'].sort());
  });

  test('the server in the OpenAPI document is the one that serves it', async () => {
    const document = new URL('openapi.json', `${STAGE}/docs`);
    const { servers } = JSON.parse((await get(document)).body) as { servers: { url: string }[] };
    expect(servers.map(({ url }) => new URL(url, document).href)).toEqual([`${STAGE}/`]);
  });

  test.each(OWN_SCRIPTS)('%s has no address that begins at the root of the host', async (path) => {
    const { body } = await get(new URL(`${STAGE}${path}`));
    expect(body).not.toMatch(/['"`]\/(predict|openapi|docs|model|health|ready)/);
  });
});
