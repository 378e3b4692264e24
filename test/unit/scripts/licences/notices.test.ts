import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { partsFor } from '../../../../scripts/lib/image/parts.ts';
import { noticesDocument } from '../../../../scripts/lib/licences/document.ts';
import { outdatedFacts, readFacts } from '../../../../scripts/lib/licences/facts.ts';
import { readLock } from '../../../../scripts/lib/licences/lock.ts';
import type { Notice } from '../../../../scripts/lib/licences/shipped.ts';

const repositoryFile = (path: string) => fileURLToPath(new URL(`../../../../${path}`, import.meta.url));

const notice = (name: string, ...texts: readonly string[]): Notice => ({
  name,
  version: '1.0.0',
  licence: 'MIT',
  source: `https://example.com/${name}`,
  copyright: [`Copyright ${name}`],
  texts,
});

test('a text that many components share appears once', () => {
  const document = noticesDocument([
    {
      kind: 'npm',
      title: 'First',
      about: 'About.',
      notices: [notice('a', 'shared text'), notice('b', 'own text')],
    },
    { kind: 'npm', title: 'Second', about: 'About.', notices: [notice('c', 'shared text', 'other text')] },
  ]);
  expect(document.split('shared text')).toHaveLength(2);
  expect(document).toContain(
    'c 1.0.0\n    Licence: MIT\n    Source: https://example.com/c\n    Copyright c\n    Text: 1, 3\n',
  );
  expect(document).toMatch(/Text 3\n-+\n\nother text\n$/);
});

test('the notices list every package in the image, for both platforms', async () => {
  const notices = await readFile(repositoryFile('THIRD-PARTY-NOTICES'), 'utf8');
  const lock = await readLock(repositoryFile('package-lock.json'));
  for (const [name] of [...partsFor('x64'), ...partsFor('arm64')]) {
    expect(notices).toContain(`\n${name} ${lock.get(`node_modules/${name}`)?.version}\n`);
  }
});

test('the notices list what is in bundles, in compiled files and from Lambda', async () => {
  const notices = await readFile(repositoryFile('THIRD-PARTY-NOTICES'), 'utf8');
  for (const name of ['hono', 'zod', '@aws-sdk/client-lambda', 'libvips', 'Eigen', 'resvg', 'libcurl']) {
    expect(notices).toMatch(new RegExp(`^${name}( [\\w.]+)?\n    Licence: `, 'm'));
  }
  for (const name of ['aws-lambda-ric', 'aws-lambda-rie', 'Go standard library']) {
    expect(notices).toMatch(new RegExp(`^${name} \\d[\\w.]*\n    Licence: `, 'm'));
  }
  expect(notices).toContain('GNU LESSER GENERAL PUBLIC LICENSE');
  expect(notices).toContain('GNU GENERAL PUBLIC LICENSE');
  // Packages for development only are not distributed.
  for (const name of ['vitest', 'typescript', 'aws-cdk-lib']) {
    expect(notices).not.toMatch(new RegExp(`^${name} `, 'm'));
  }
});

test('reports facts about another version than the one in use', async () => {
  const facts = await readFacts();
  const versions = new Map(facts.contents.map(({ of, version }) => [of, version]));
  expect(outdatedFacts(facts, (of) => versions.get(of))).toEqual([]);
  expect(outdatedFacts(facts, (of) => (of === '@napi-rs/image' ? '9.9.9' : versions.get(of)))).toEqual([
    expect.stringMatching(/contents of @napi-rs\/image 9\.9\.9, got those of 1\.15\.0$/),
  ]);
});
