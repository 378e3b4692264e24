import { dirname, relative } from 'node:path';
import { z } from 'zod';
import { markdownTable } from '../generated/markdown.ts';

const countSchema = z.object({ total: z.number(), covered: z.number() });
const fileSchema = z.object({ lines: countSchema, branches: countSchema, functions: countSchema });
const reportSchema = z.record(z.string(), fileSchema);

type Counts = z.infer<typeof fileSchema>;
const KINDS = ['lines', 'branches', 'functions'] as const;

/**
 * Coverage by folder as Markdown, from the `coverage-summary.json` that Istanbul's reporter `json-summary` writes.
 *
 * @param root the folder that the paths start from. @param depth how many folders a path keeps, such as 2 for
 * `lambda/http`.
 */
export function coverageByFolder(
  json: string,
  { root, depth }: { readonly root: string; readonly depth: number },
): string {
  const { total, ...files } = reportSchema.parse(JSON.parse(json));
  if (!total) throw new Error('Expected a total in the coverage report, got none');
  const folders = Map.groupBy(Object.entries(files), ([file]) =>
    dirname(relative(root, file)).split('/').slice(0, depth).join('/'),
  );
  const rows = [...folders]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([folder, entries]) => [`\`${folder}\``, ...percents(sum(entries.map(([, counts]) => counts)))]);
  const header = ['Coverage', ...KINDS];
  return markdownTable(header, [...rows, ['all', ...percents(total)]]);
}

const percents = (counts: Counts): readonly string[] => KINDS.map((kind) => percent(counts[kind]));

const percent = ({ total, covered }: z.infer<typeof countSchema>): string =>
  total === 0 ? '–' : `${((covered / total) * 100).toFixed(1)} %`;

function sum(files: readonly Counts[]): Counts {
  const add = (kind: (typeof KINDS)[number]) => ({
    total: files.reduce((all, counts) => all + counts[kind].total, 0),
    covered: files.reduce((all, counts) => all + counts[kind].covered, 0),
  });
  return { lines: add('lines'), branches: add('branches'), functions: add('functions') };
}
