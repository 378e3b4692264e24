import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { describeChanges, groupChanges } from '../../../../scripts/lib/release/api-changes.ts';
import { type Release, releaseNotes, tableAfter } from '../../../../scripts/lib/release/notes.ts';
import { versionOfTag } from '../../../../scripts/lib/release/version.ts';

const digest = `sha256:${'0a'.repeat(32)}`;
const commit = 'c0ffee'.padEnd(40, '0');
const release: Release = {
  tag: 'v1.1.0',
  commit,
  changes:
    '- A route ([docs/api.md](docs/api.md#embeddings)), as in [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457), [below](#speed).',
  benchmarks: readFileSync('docs/benchmarks.md', 'utf8'),
  api: { before: undefined, changes: [] },
  images: [],
  repository: 'https://github.com/acme/classifier',
};

describe('the notes of a release', () => {
  it('link to the files of the tag, because GitHub resolves no relative links there', () => {
    const notes = releaseNotes(release);
    expect(notes).toContain('(https://github.com/acme/classifier/blob/v1.1.0/docs/api.md#embeddings)');
    expect(notes).toContain('(https://www.rfc-editor.org/rfc/rfc9457)');
    expect(notes).toContain('(#speed)');
  });

  it('have the table of the benchmarks', () => {
    expect(releaseNotes(release)).toMatch(/\| FastAPI \+ PyTorch, 1 worker \|.*×/);
  });

  it('tell what changed in the API since the last release', () => {
    const before = versionOfTag('v1.0.0');
    const changes = [{ text: 'added a path', operations: ['GET /c'], isBreaking: false }];
    expect(releaseNotes({ ...release, api: { before, changes } })).toContain('- added a path (`GET /c`)');
    expect(releaseNotes({ ...release, api: { before, changes: [] } })).toContain('No changes.');
    expect(releaseNotes(release)).toContain('The first stable release');
  });

  it('say how to check each image', () => {
    const notes = releaseNotes({ ...release, images: [{ architecture: 'x86_64', digest, files: [] }] });
    expect(notes).toContain(`| x86_64 | \`${digest}\` |`);
    expect(notes).not.toContain('| arm64 |');
    expect(notes).toContain('acme/classifier/.github/workflows/publish-image.yml@refs/heads/main');
    // The identity is that of the called workflow, which any repository can call.
    expect(notes).toContain('--certificate-github-workflow-repository acme/classifier \\\n');
    expect(notes).toContain(`--certificate-github-workflow-sha ${commit}\n`);
    expect(notes).toContain(`--commit ${commit} --signer acme/classifier`);
    expect(releaseNotes(release)).toContain('No image');
  });
});

test('a table is the first below its heading', () => {
  const document = '## A\n\n|1|\n\n## B\n\nText.\n\n|2|\n|3|\n\n|4|\n';
  expect(tableAfter(document, '## B', 'x.md')).toBe('|2|\n|3|');
  expect(() => tableAfter('## A\n\nText.\n\n## B\n\n|1|', '## A', 'x.md')).toThrow(
    'x.md: expected a table below ## A',
  );
  expect(() => tableAfter(document, '## C', 'x.md')).toThrow('below ## C');
});

describe('the changes of oasdiff', () => {
  const change = { id: 'x', text: 'added a property', level: 1, operation: 'GET', path: '/a' };

  it('are one entry for all operations that they concern, the breaking ones first', () => {
    const changes = groupChanges(
      JSON.stringify([
        change,
        { ...change, path: '/b' },
        { ...change, text: 'removed a path', level: 3, path: '/c' },
        { id: 'y', text: 'a warning', level: 2 },
        { id: 'api-version-not-bumped', text: 'the version is still 1.0.0', level: 1 },
      ]),
    );
    expect(describeChanges(changes)).toBe(
      '- **Breaking:** removed a path (`GET /c`)\n- added a property (`GET /a`, `GET /b`)\n- a warning',
    );
  });

  it('name a few operations of many', () => {
    const many = Array.from({ length: 12 }, (_, index) => ({ ...change, path: `/${index}` }));
    expect(describeChanges(groupChanges(JSON.stringify(many)))).toMatch(/`GET \/7`, 4 others\)$/);
  });

  it('are none if nothing changed', () => {
    expect(groupChanges('null')).toEqual([]);
    expect(groupChanges('')).toEqual([]);
    expect(groupChanges('[]')).toEqual([]);
  });
});
