import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { writeGenerated } from '../scripts/lib/generated/files.ts';
import { REPOSITORY } from '../scripts/lib/paths.ts';
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

process.exitCode = await writeGenerated([['benchmarks.md', documentOf(result)], ...plots], {
  root: values.docs,
  check: values.check,
  source: 'docs/benchmarks/result.json makes',
  command: 'node bench/report.ts',
});
