import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkSite } from '../../../../scripts/lib/site/check.ts';
import { serveSite } from '../../../../scripts/lib/site/serve.ts';

/** A folder with these files. */
function siteWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

const index = '<h1 id="größe">Sizes</h1><a href="/docs/a.html#part">a</a>';
const check = async (files: Readonly<Record<string, string>>) =>
  (await checkSite(siteWith({ 'index.html': index, 'a.html': '<p id="part"></p>', ...files }), '/docs/'))
    .findings;

describe('checkSite', () => {
  it('accepts links to files and headings that exist, and counts them', async () => {
    const files = {
      'index.html': index,
      'a.html':
        '<p id="part"></p><a class="b" href="./#gr%C3%B6%C3%9Fe">sizes</a><a href="https://example.com">out</a>',
      '.hidden/b.html': '<a href="../index.html?q=1">up</a><img src="data:image/png;base64,AA==">',
    };
    expect(await checkSite(siteWith(files), '/docs/')).toEqual({ pages: 3, links: 3, findings: [] });
  });

  it.each([
    ['<a href="/docs/gone.html">', 'b.html: the link to /docs/gone.html leads to no file'],
    ['<a href="a.html#gone">', 'b.html: the link to a.html#gone leads to no heading'],
    ['<a href="/a.html">', 'b.html: the link to /a.html leads to no file'],
    [
      '<a title="1 > 0" href="a.html?x=1&amp;y=2#gone">',
      'b.html: the link to a.html?x=1&y=2#gone leads to no heading',
    ],
    ['<img alt="" src="./gone.png">', 'b.html: ./gone.png does not exist'],
    [
      '<script async src="https://cdn.example/x.js"></script>',
      'b.html: expected a file of the site, got https://cdn.example/x.js',
    ],
    [
      '<link rel="stylesheet" href="//fonts.example/a.css">',
      'b.html: expected a file of the site, got //fonts.example/a.css',
    ],
  ])('finds what is wrong with %s', async (html, finding) => {
    expect(await check({ 'b.html': html })).toEqual([finding]);
  });

  it('finds fonts from another host', async () => {
    const css = '@font-face{src:url("https://fonts.example/a.woff2")}';
    expect(await check({ 'a.css': css })).toEqual([
      'a.css: expected files of the site, got url("https://fonts.example/a.woff2',
    ]);
  });

  it('reads no links in scripts', async () => {
    expect(await check({ 'b.html': '<script>const a = \'<a href="/gone">\';</script>' })).toEqual([]);
  });
});

describe('serveSite', () => {
  it('says that its port is taken', async () => {
    const folder = siteWith({ '404.html': 'not here' });
    await using first = await serveSite(folder, 0);
    const { port } = new URL(first.url);
    await expect(serveSite(folder, Number(port))).rejects.toThrow(`Expected port ${port} to be free`);
  });

  it('serves the files of the folder, and nothing outside', async () => {
    const outer = siteWith({
      'secret.txt': 'secret',
      'site/index.html': 'home',
      'site/404.html': 'not here',
    });
    await using server = await serveSite(join(outer, 'site'), 0);
    const get = async (path: string) => {
      const response = await fetch(server.url + path);
      return [response.status, response.headers.get('content-type'), await response.text()];
    };
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(await get('/')).toEqual([200, 'text/html; charset=utf-8', 'home']);
    expect(await get('/gone.html')).toEqual([404, 'text/html; charset=utf-8', 'not here']);
    expect(await get('/..%2fsecret.txt')).toEqual([404, 'text/html; charset=utf-8', 'not here']);
    expect(await get('/%')).toEqual([404, 'text/html; charset=utf-8', 'not here']);
  });
});
