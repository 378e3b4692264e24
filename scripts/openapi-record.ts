import { join } from 'node:path';
import recorded from '../lambda/http/openapi/examples.json' with { type: 'json' };
import { runCommand } from './lib/command/command.ts';
import { type Examples, recordExamples } from './lib/openapi/record-examples.ts';
import { sameExample } from './lib/openapi/same-example.ts';
import { REPOSITORY } from './lib/paths.ts';
import { writeFileAtomically } from './lib/system/files.ts';
import { run } from './lib/system/run.ts';

await runCommand(
  {
    name: 'npm run openapi:record --',
    summary:
      'Records the examples of the API reference from the service itself, in lambda/http/openapi/examples.json. ' +
      'An example that is still true stays as it is. Then writes docs/openapi.json, as npm run openapi does.',
    examples: [''],
    activity: 'Recording the answers of the service',
  },
  async () => {
    const fresh = await recordExamples();
    const merged = { answers: merge(fresh, 'answers'), problems: merge(fresh, 'problems') };
    await writeFileAtomically(
      join(REPOSITORY, 'lambda/http/openapi/examples.json'),
      `${JSON.stringify(merged, null, 2)}\n`,
    );
    // In a process of its own, because this one has loaded the old examples.
    await run(process.execPath, ['scripts/openapi.ts']);
    return 0;
  },
);

function merge(fresh: Examples, kind: keyof Examples): object {
  const old: Readonly<Record<string, unknown>> = recorded[kind];
  return Object.fromEntries(
    Object.entries(fresh[kind]).map(([name, example]) => {
      const known = old[name];
      return [name, sameExample(known, example) ? known : example];
    }),
  );
}
