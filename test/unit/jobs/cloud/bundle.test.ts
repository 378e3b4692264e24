import type { Metafile } from 'esbuild';
import { expect, test } from 'vitest';
import { BUNDLES, bundle } from '../../../../scripts/lib/image/bundle.ts';

const bundled = async (entry: string): Promise<Metafile> => {
  const entries = BUNDLES.find((each) => each.includes(entry)) ?? [];
  return bundle(entries, { out: 'dist', write: false });
};

/** The files that an output has, with those that it loads before it runs. */
function loadedAtStart({ outputs }: Metafile, entry: string): readonly string[] {
  const [start = ''] = Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === entry) ?? [];
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { kind, path: next } of outputs[path]?.imports ?? []) {
      if (kind !== 'dynamic-import') visit(next);
    }
  };
  visit(start);
  return [...seen, ...[...seen].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}))];
}

test.each(['lambda/index.ts', 'lambda/server.ts'])('%s loads no AWS SDK at start', async (entry) => {
  const files = loadedAtStart(await bundled(entry), entry);
  expect(files).toContain('lambda/http/app.ts');
  expect(files.filter((file) => /@aws-sdk|@smithy/.test(file))).toEqual([]);
});

test('the steps of jobs load no model, no images and no HTTP server', async () => {
  const files = loadedAtStart(await bundled('lambda/job-steps.ts'), 'lambda/job-steps.ts');
  expect(files).toContain('lambda/jobs/cloud/steps.ts');
  expect(files.filter((file) => /onnxruntime|sharp|@napi-rs|node_modules\/hono/.test(file))).toEqual([]);
});

test('the worker of jobs loads no HTTP server', async () => {
  const files = loadedAtStart(await bundled('lambda/job-worker.ts'), 'lambda/job-worker.ts');
  expect(files).toContain('onnxruntime-node');
  expect(files.filter((file) => /node_modules\/hono/.test(file))).toEqual([]);
});
