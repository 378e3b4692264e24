import { z } from 'zod';
import type { SettingNotes } from '../../lib/settings/field.ts';
import { settingsSchema } from '../../lib/settings.ts';
import { readStage, STAGE_NAMES } from '../../lib/stages.ts';

const INTRODUCTION = `# Stages

What \`npx cdk deploy -c stage=…\` deploys. Every value can be overridden under \`context.stages\` of \`cdk.json\`; a value
that cannot be stops the synthesis with a line that names it.

\`\`\`json
{ "context": { "stages": { "prod": { "memoryMiB": 3538, "notificationEmails": ["ops@example.com"] } } } }
\`\`\`

Objects are merged key by key. Lists, and objects of another \`kind\`, are replaced. Made by \`npm run stages\` from
\`lib/stages.ts\` and \`lib/settings/\`.
`;

/** docs/stages.md: every setting with its unit, its value in each stage and its reason. */
export function stagesDocument(): string {
  const settings = STAGE_NAMES.map((name) => readStage(name).settings);
  const rows = [...settingsOf(settingsSchema.shape)].map(([path, { unit, reason }]) => [
    `\`${path.join('.')}\``,
    ...settings.map((values) =>
      show(path.reduce<unknown>((inner, key) => Reflect.get(Object(inner), key), values)),
    ),
    unit,
    reason,
  ]);
  const table = [
    ['Setting', ...STAGE_NAMES, 'Unit', 'Why'],
    Array(STAGE_NAMES.length + 3).fill('---'),
    ...rows,
  ];
  return `${INTRODUCTION}\n${table.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

/** The settings with notes: those of an object whose keys have notes of their own in place of the object's. */
function* settingsOf(
  shape: Readonly<Record<string, z.core.$ZodType>>,
  path: readonly string[] = [],
): Generator<[readonly string[], SettingNotes]> {
  for (const [key, schema] of Object.entries(shape)) {
    const here = [...path, key];
    const inner = schema instanceof z.ZodObject ? [...settingsOf(schema.shape, here)] : [];
    const notes = z.globalRegistry.get(schema) as SettingNotes | undefined;
    if (inner.length > 0) yield* inner;
    else if (notes) yield [here, notes];
  }
}

function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(show).join(', ');
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'object' && value !== null) {
    const { kind, ...rest } = value as { kind?: string };
    const values = Object.entries(rest).map(([key, inner]) => `${key} ${show(inner)}`);
    return [...(kind ? [kind] : []), ...values].join(', ') || 'none';
  }
  return String(value);
}
