import { describe, expect, it } from 'vitest';
import { anchorOf } from '../../../site/lib/anchors.ts';
import { createLinks } from '../../../site/lib/links.ts';
import { readSiteOptions } from '../../../site/lib/options.ts';
import { readPages, routeOf } from '../../../site/lib/pages.ts';
import { sourcePages } from '../../../site/lib/source-pages.ts';
import { readSources, type Source, sourceRoute } from '../../../site/lib/sources.ts';

const FILES = ['docs/README.md', 'docs/api.md', 'docs/runbooks/README.md', 'docs/security.md', 'SECURITY.md'];
const pages = FILES.map((file) => ({ file, route: routeOf(file), title: file }));
const sources = new Map<string, Source>([
  ['scripts/run.sh', { kind: 'text', text: 'exit 0\n' }],
  ['.github/settings.md', { kind: 'markdown', text: '# Settings\n' }],
  ['docs/openapi.json', { kind: 'file' }],
  ['docs/adr', { kind: 'folder', files: ['0001-model.md'], folders: [] }],
]);
const linksWith = (environment: Record<string, string> = {}) =>
  createLinks({ pages, sources, options: readSiteOptions(environment) });
const leads = (href: string, from = 'docs/api.md', environment = {}) =>
  linksWith(environment).destinationOf(from, href);
const url = (path: string) => ({ kind: 'url', url: path });

describe('a link', () => {
  it.each([
    ['security.md', '/security.md'],
    ['security.md#keys', '/security.md#keys'],
    ['../SECURITY.md', '/project/security.md'],
    ['runbooks/', '/runbooks/index.md'],
    ['runbooks/README.md#page', '/runbooks/index.md#page'],
    ['../docs/', '/index.md'],
    ['../scripts/run.sh', '/source/scripts/run.sh.md'],
    ['../.github/settings.md#rules', '/source/github/settings.md#rules'],
    ['adr/', '/source/docs/adr.md'],
  ])('to %s leads to %s', (href, expected) => {
    expect(leads(href)).toMatchObject(url(expected));
  });

  it('from another folder leads to the same page', () => {
    expect(leads('../api.md', 'docs/runbooks/README.md')).toEqual({
      ...url('/api.md'),
      title: 'docs/api.md',
    });
    expect(leads('docs/api.md', 'SECURITY.md')).toMatchObject(url('/api.md'));
  });

  it('to a large file leads to the file, below the path of the site', () => {
    expect(leads('openapi.json')).toEqual({ kind: 'download', url: '/files/docs/openapi.json' });
    expect(leads('openapi.json', 'docs/api.md', { DOCS_BASE: '/docs/' })).toEqual({
      kind: 'download',
      url: '/docs/files/docs/openapi.json',
    });
  });

  it('to a source leads to GitHub, if the site knows the repository', () => {
    const environment = { DOCS_REPOSITORY: 'owner/name' };
    expect(leads('../scripts/run.sh', 'docs/api.md', environment)).toEqual(
      url('https://github.com/owner/name/blob/main/scripts/run.sh'),
    );
    expect(leads('../../actions', 'SECURITY.md', environment)).toEqual(
      url('https://github.com/owner/name/actions'),
    );
    expect(leads('security.md', 'docs/api.md', environment)).toMatchObject(url('/security.md'));
  });

  it('to a page of GitHub leads nowhere, if the site does not know the repository', () => {
    expect(leads('../../actions', 'SECURITY.md')).toEqual({ kind: 'none' });
  });

  it('elsewhere stays as it is', () => {
    expect(leads('https://example.com/a.md')).toEqual({ kind: 'external' });
    expect(leads('#errors')).toEqual({ kind: 'anchor' });
  });

  it('to a file that does not exist stops the build', () => {
    expect(() => leads('gone.md')).toThrow('docs/api.md: the link to gone.md leads to no file');
  });
});

describe('the sources that pages link', () => {
  const linked = readSources(readPages());

  it('have the content of their files, or the names in their folders', () => {
    expect(linked.get('examples/webhooks')).toMatchObject({
      kind: 'folder',
      files: expect.arrayContaining(['receiver.py']),
    });
    expect(linked.get('examples/webhooks/receiver.py')).toMatchObject({ kind: 'text' });
    expect(linked.get('docs/openapi.json')).toEqual({ kind: 'file' });
  });

  it('have different pages', () => {
    const routes = [...linked.keys()].map(sourceRoute);
    expect(new Set(routes).size).toBe(routes.length);
  });

  it('are shown in a fence that their text does not end', () => {
    const text = new Map<string, Source>([['a.md', { kind: 'text', text: '````sh\n````\n' }]]);
    expect(sourcePages(text, [])[0]?.content).toContain('\n`````md\n````sh\n````\n`````\n');
  });
});

it.each([
  ['Who may call?', 'who-may-call'],
  ['`too_many_pixels`'.replaceAll('`', ''), 'too_many_pixels'],
  ['Größe & Form', 'größe--form'],
  ['1. From main to prod', '1-from-main-to-prod'],
])('the heading %s has the anchor that GitHub gives it', (heading, anchor) => {
  expect(anchorOf(heading)).toBe(anchor);
});

it.each([
  [{ DOCS_BASE: 'docs' }, 'DOCS_BASE: expected a path such as /docs/'],
  [{ DOCS_REPOSITORY: 'https://github.com/owner/name' }, 'DOCS_REPOSITORY: expected OWNER/NAME'],
])('refuses %j', (environment, message) => {
  expect(() => readSiteOptions(environment)).toThrow(message);
});
