import { expect, test } from 'vitest';
import { BUNDLES, bundle } from '../../../scripts/lib/image/bundle.ts';

test('the service has the messages of zod in English only', async () => {
  const { inputs } = await bundle(BUNDLES[0] ?? [], { out: 'dist', write: false });
  const languages = Object.keys(inputs).flatMap(
    (file) => /zod\/v4\/locales\/(.+)\.js$/.exec(file)?.[1] ?? [],
  );
  expect(languages.sort()).toEqual(['en', 'index']);
});
