import recorded from '../lambda/http/openapi/examples.json' with { type: 'json' };
import { writeFileAtomically } from './lib/files.ts';
import { type Examples, recordExamples } from './lib/openapi/record-examples.ts';
import { sameExample } from './lib/openapi/same-example.ts';

/**
 * Records the examples of the API reference from the service itself. An example that is still true
 * stays as it is, so that the file changes only where the service did.
 */
const fresh = await recordExamples();
const merged = { answers: merge('answers'), problems: merge('problems') };
await writeFileAtomically(
  new URL('../lambda/http/openapi/examples.json', import.meta.url).pathname,
  `${JSON.stringify(merged, null, 2)}\n`,
);

function merge(kind: keyof Examples): object {
  const old: Readonly<Record<string, unknown>> = recorded[kind];
  return Object.fromEntries(
    Object.entries(fresh[kind]).map(([name, example]) => {
      const known = old[name];
      return [name, sameExample(known, example) ? known : example];
    }),
  );
}
