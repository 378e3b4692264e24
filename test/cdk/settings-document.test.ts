import { describe, expect, it, test } from 'vitest';
import { z } from 'zod';
import { readPipeline } from '../../lib/pipeline/settings.ts';
import { settingsSchema } from '../../lib/settings.ts';
import { readStage } from '../../lib/stages.ts';
import { settingsDocument } from '../../scripts/lib/settings/document.ts';
import { rowsOf } from '../../scripts/lib/settings/rows.ts';
import { STAGE_TOPICS } from '../../scripts/lib/settings/stage-topics.ts';

interface Context {
  readonly stages?: Readonly<Record<string, object>>;
  readonly pipeline?: unknown;
}

const document = settingsDocument();
/** The examples of the page, as a reader copies them. */
const contexts = [...document.matchAll(/```json\n([\s\S]*?)```/g)].map(
  ([, json = '']) => (JSON.parse(json) as { readonly context: Context }).context,
);
const stageExamples = contexts.flatMap(({ stages = {} }) =>
  Object.entries(stages).map(([stage, settings]) => ({ stage, settings })),
);

describe('docs/settings.md', () => {
  it('has every setting of a stage in one topic', () => {
    const listed = STAGE_TOPICS.flatMap(({ settings }) => settings);
    expect(listed.toSorted()).toEqual(Object.keys(settingsSchema.shape).sort());
  });

  test.each(stageExamples)('$stage takes the example $settings', ({ stage, settings }) => {
    expect(() => readStage(stage, { [stage]: settings })).not.toThrow();
  });

  it('has an example of every setting', () => {
    const shown = new Set(stageExamples.flatMap(({ settings }) => Object.keys(settings)));
    expect(Object.keys(settingsSchema.shape).filter((name) => !shown.has(name))).toEqual([]);
  });

  it('has an example of the pipeline that the pipeline takes', () => {
    const examples = contexts.filter(({ pipeline }) => pipeline !== undefined);
    expect(examples).toHaveLength(1);
    for (const { pipeline } of examples) expect(() => readPipeline(pipeline)).not.toThrow();
  });

  it('has a table of cells without line breaks or columns too many', () => {
    const tables = document.match(/^\|.*\n\|---.*\n(\|.*\n)+/gm) ?? [];
    for (const table of tables) {
      const rows = table.trimEnd().split('\n');
      const columns = rows.map((row) => row.split('|').length);
      expect(new Set(columns).size, rows[0]).toBe(1);
    }
    expect(tables.length).toBeGreaterThan(STAGE_TOPICS.length);
  });
});

describe('rowsOf', () => {
  const size = z.int('expected a whole number').describe('The size.');

  it('lists what is in objects, alternatives and lists, and says which kinds have it', () => {
    const schema = z
      .union([
        z.literal('off'),
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('a'), size, extra: size.default(3).describe('More.') }),
          z.strictObject({ kind: z.literal('b'), size }),
          z.strictObject({
            kind: z.literal('c'),
            parts: z
              .array(z.strictObject({ size: size.optional().describe('Of a part.') }))
              .describe('Parts.'),
          }),
        ]),
      ])
      .describe('Whether.');
    expect(
      rowsOf(schema, ['it']).map(({ path, kinds, fallback, isOptional }) => [
        path.join('.'),
        kinds.join(),
        fallback,
        isOptional,
      ]),
    ).toEqual([
      ['it', '', undefined, false],
      ['it.size', 'a,b', undefined, false],
      ['it.extra', 'a', 3, false],
      ['it.parts', 'c', undefined, false],
      ['it.parts[].size', '', undefined, true],
    ]);
  });

  it('refuses a setting without a description', () => {
    const schema = z.strictObject({ size, other: z.int('expected a whole number') }).describe('Whether.');
    expect(() => rowsOf(schema, ['it'])).toThrow('it.other: expected a description in its schema, got none');
  });
});
