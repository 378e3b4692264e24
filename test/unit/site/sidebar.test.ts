import { describe, expect, it } from 'vitest';
import { readPages, routeOf } from '../../../site/lib/pages.ts';
import { sidebarOf } from '../../../site/lib/sidebar.ts';
import { SHORT_NAMES, TOPICS } from '../../../site/lib/topics.ts';

const page = (file: string) => ({ file, route: routeOf(file), title: `Title of ${file}` });
const topic = { title: 'Topic', files: ['docs/api.md'] };

describe('sidebarOf', () => {
  it('has each page of the repository once', () => {
    const pages = readPages();
    const items = sidebarOf(pages, TOPICS, SHORT_NAMES).flatMap((group) => group.items);
    expect(pages.length).toBeGreaterThan(80);
    expect(new Set(items.map(({ link }) => link)).size).toBe(pages.length);
    expect(items).toHaveLength(pages.length);
  });

  it('has the pages of a folder by their headings, after those that are named', () => {
    const pages = ['docs/runbooks/cpu.md', 'docs/runbooks/README.md', 'docs/api.md'].map(page);
    const topics = [
      topic,
      { title: 'Runbooks', files: ['docs/runbooks/README.md'], folder: 'docs/runbooks' },
    ];
    expect(sidebarOf(pages, topics, { 'docs/api.md': 'API' })).toEqual([
      { text: 'Topic', items: [{ text: 'API', link: '/api' }] },
      {
        text: 'Runbooks',
        items: [
          { text: 'Title of docs/runbooks/README.md', link: '/runbooks/' },
          { text: 'Title of docs/runbooks/cpu.md', link: '/runbooks/cpu' },
        ],
      },
    ]);
  });

  it.each([
    [
      ['docs/api.md', 'docs/new.md'],
      [topic],
      'Expected a topic in site/lib/topics.ts for each page, got none for: docs/new.md',
    ],
    [['docs/api.md'], [topic, topic], 'Expected each page once in the sidebar, got twice: docs/api.md'],
    [[], [topic], 'The sidebar has pages that do not exist: docs/api.md'],
  ])('refuses the pages %j with other topics', (files, topics, message) => {
    expect(() => sidebarOf(files.map(page), topics, {})).toThrow(message);
  });
});
