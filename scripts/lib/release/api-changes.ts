import { delimiter } from 'node:path';
import { z } from 'zod';
import { run } from '../system/run.ts';

/** One difference between two API documents, and where they have it. */
export interface ApiChange {
  /** A sentence of oasdiff in Markdown. */
  readonly text: string;
  /** Such as `GET /model`; empty for what is not about one operation. */
  readonly operations: readonly string[];
  /** Whether a client that works today may fail. */
  readonly isBreaking: boolean;
}

/** https://github.com/oasdiff/oasdiff/blob/main/docs/BREAKING-CHANGES.md: 1 is information, 2 a warning. */
const ERROR_LEVEL = 3;
/** Says that the version did not change: `release:check` compares versions, and a pull request changes none. */
const ABOUT_THE_VERSION = 'api-version-not-bumped';

const changesSchema = z
  .array(
    z.object({
      id: z.string(),
      text: z.string(),
      level: z.number(),
      operation: z.string().optional(),
      path: z.string().optional(),
    }),
  )
  .nullable();

/**
 * Compares two OpenAPI documents with oasdiff.
 *
 * @param before path of the older document.
 * @param after path of the newer one.
 * @returns the breaking changes first.
 */
export async function compareApis(before: string, after: string): Promise<ApiChange[]> {
  const folder = await run('scripts/dev/go-tools.sh', ['oasdiff']);
  const output = await run(
    'oasdiff',
    ['changelog', '--format', 'json', '--allow-external-refs=false', before, after],
    { env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH']}` } },
  );
  return groupChanges(output);
}

/** @param output of `oasdiff changelog --format json`. */
export function groupChanges(output: string): ApiChange[] {
  const changes = changesSchema.parse(JSON.parse(output || 'null')) ?? [];
  const told = changes.filter(({ id }) => id !== ABOUT_THE_VERSION);
  const byText = Map.groupBy(told, ({ level, text }) => `${level} ${text}`);
  return [...byText.values()]
    .map((group) => ({
      text: group[0]?.text ?? '',
      operations: [
        ...new Set(group.flatMap(({ operation, path }) => (path ? [`${operation} ${path}`] : []))),
      ],
      isBreaking: group[0]?.level === ERROR_LEVEL,
    }))
    .sort((a, b) => Number(b.isBreaking) - Number(a.isBreaking));
}

/** Operations that a line names. A change of a shared schema concerns dozens. */
const SHOWN_OPERATIONS = 8;

/** A list in Markdown. */
export const describeChanges = (changes: readonly ApiChange[]): string =>
  changes
    .map(({ text, operations, isBreaking }) => {
      const shown = operations.slice(0, SHOWN_OPERATIONS).map((operation) => `\`${operation}\``);
      const others = operations.length - shown.length;
      const where = [...shown, ...(others > 0 ? [`${others} others`] : [])].join(', ');
      return `- ${isBreaking ? '**Breaking:** ' : ''}${text}${where && ` (${where})`}`;
    })
    .join('\n');
