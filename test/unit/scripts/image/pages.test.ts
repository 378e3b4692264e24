import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { copyPages } from '../../../../scripts/lib/image/pages.ts';
import { repositoryPath } from '../../../support/model.ts';

const PAGES = repositoryPath('lambda/http/page');

describe('the pages in the image', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pages-'));
    await copyPages(PAGES, folder);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it('have one script for the main page, in which its modules are', async () => {
    const script = await readFile(join(folder, 'page.js'), 'utf8');
    for (const path of ['./app/', './snippets/']) expect(script).not.toContain(path);
    for (const text of ['Download CSV', '--aws-sigv4']) expect(script).toContain(text);
    const names = await readdir(folder);
    expect(names).not.toContain('app');
    expect(names).not.toContain('snippets');
  });

  it('have their other files unchanged', async () => {
    for (const name of ['index.html', 'page.css', 'docs.js', 'examples/cat.jpg']) {
      expect(await readFile(join(folder, name))).toEqual(await readFile(join(PAGES, name)));
    }
  });
});
