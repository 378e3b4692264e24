import { expect, test } from 'vitest';
import { BUNDLES, bundle } from '../../../scripts/lib/image/bundle.ts';

test('the service does not load the code that signs requests at start', async () => {
  const [service = []] = BUNDLES;
  const { outputs } = await bundle(service, { out: 'dist', write: false });
  const signing = Object.entries(outputs).filter(([, { inputs }]) =>
    Object.keys(inputs).some((input) => input.includes('node_modules/aws4fetch/')),
  );
  expect(signing.map(([, { entryPoint }]) => entryPoint)).toEqual(['lambda/capture/put-object.ts']);
  const imports = Object.values(outputs)
    .flatMap((output) => output.imports)
    .filter(({ path }) => path === signing[0]?.[0]);
  expect(imports.map(({ kind }) => kind)).toEqual(['dynamic-import']);
});
