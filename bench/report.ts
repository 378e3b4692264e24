import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { REPOSITORY } from './lib/paths.ts';
import { documentOf } from './lib/report/document.ts';
import { plotsOf } from './lib/report/plots.ts';
import { resultSchema } from './lib/result.ts';

/**
 * Makes docs/benchmarks.md and its plots of the raw result.
 *
 *   node bench/report.ts [--check] [--result FILE --docs FOLDER]
 *
 * With --check nothing is written: it fails where a file is not what the result makes.
 */
const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    result: { type: 'string', default: `${REPOSITORY}docs/benchmarks/result.json` },
    docs: { type: 'string', default: `${REPOSITORY}docs` },
  },
});

const result = resultSchema.parse(JSON.parse(await readFile(values.result, 'utf8')));
const plots = Object.entries(plotsOf(result)).map(([name, svg]) => [`benchmarks/${name}`, svg] as const);

await mkdir(`${values.docs}/benchmarks`, { recursive: true });
for (const [name, content] of [['benchmarks.md', documentOf(result)] as const, ...plots]) {
  const path = `${values.docs}/${name}`;
  if (!values.check) await writeFile(path, content);
  else if ((await readFile(path, 'utf8').catch(() => '')) !== content) {
    console.error(`docs/${name} is not what docs/benchmarks/result.json makes: run node bench/report.ts`);
    process.exitCode = 1;
  }
}
