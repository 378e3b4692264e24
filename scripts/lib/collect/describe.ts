import { markdownTable } from '../generated/markdown.ts';
import { deletions, type Plan } from './collect.ts';
import type { Decided } from './versions.ts';

const BYTES_PER_MB = 1e6;

/** What a plan keeps and deletes: a row for each function, and one for the repository. */
function rows({ functions, images }: Plan): (readonly [string, string, string, string])[] {
  const ofFunctions = functions.map(({ name, versions }) => {
    const deleted = versions.filter(({ keptBy }) => keptBy === undefined).map(({ version }) => version);
    return [
      name,
      `${versions.length} version${versions.length === 1 ? '' : 's'}`,
      reasons(versions),
      deleted.join(', ') || 'none',
    ] as const;
  });
  if (images === undefined) return ofFunctions;
  const unneeded = images.filter(({ keptBy }) => keptBy === undefined);
  const megabytes = unneeded.reduce((sum, { bytes }) => sum + bytes, 0) / BYTES_PER_MB;
  const deleted = unneeded.length === 0 ? 'none' : `${unneeded.length}, ${megabytes.toFixed(0)} MB`;
  return [...ofFunctions, ['images', `${images.length} manifests`, reasons(images), deleted]];
}

/** Such as `2 alias live, 10 newest 10`. */
function reasons(items: readonly Decided<unknown>[]): string {
  const counts = new Map<string, number>();
  for (const { keptBy } of items) if (keptBy) counts.set(keptBy, (counts.get(keptBy) ?? 0) + 1);
  return [...counts].map(([reason, count]) => `${count} ${reason}`).join(', ') || 'none';
}

const HEADER = ['What', 'Found', 'Kept, and why', 'To delete'] as const;

/** The plan as rows of text, with a line for each image to delete. */
export function planRows(plan: Plan): readonly (readonly string[])[] {
  const images = deletions(plan).images.map(({ digest, tags }) => [digest, tags.join(', ')]);
  return [HEADER, ...rows(plan), ...images];
}

/** @param done whether it was deleted, for the heading. */
export function planMarkdown(stage: string, plan: Plan, done: boolean): string {
  const heading = `## Images and versions of ${stage} ${done ? 'deleted' : 'that nothing needs'}`;
  return `${heading}\n\n${markdownTable(HEADER, rows(plan), { align: 'left' })}`;
}
