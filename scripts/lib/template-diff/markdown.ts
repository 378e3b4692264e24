import { markdownTable } from '../generated/markdown.ts';
import type { Impact, TemplateDiff } from './read-diff.ts';

/** The comparison of one stack. */
export type StackDiff =
  /** Only one of the two commits has the stack. */
  | { readonly kind: 'new' | 'gone'; readonly stack: string }
  | {
      readonly kind: 'both';
      readonly stack: string;
      /** Whether the code of a function or the image is another one. */
      readonly hasNewAssets: boolean;
      readonly diff: TemplateDiff;
    };

/** What needs the most attention comes first. */
const ORDER: readonly Impact[] = ['deleted', 'orphaned', 'replaced', 'perhaps replaced', 'changed', 'added'];
/** Characters of the details of one stack. A summary may have 1 MiB, and there are fewer than 16 stacks. */
const MAX_DETAILS = 50_000;

/** A table with a line for each stack, and the details of each in a block that opens with a click. */
export function formatTemplateDiffs(stacks: readonly StackDiff[], base: string): string {
  const table = markdownTable(
    ['Stack', `Resources, compared with ${base}`, 'Permissions', 'Code'],
    stacks.map((stack) => [`\`${stack.stack}\``, ...cellsOf(stack)]),
    { align: 'left' },
  );
  return ['## Changes of the templates', table, ...stacks.map(detailsOf).filter((text) => text !== '')].join(
    '\n\n',
  );
}

function cellsOf(stack: StackDiff): readonly string[] {
  if (stack.kind !== 'both') return [stack.kind === 'new' ? '**new stack**' : '**stack removed**', '', ''];
  const { diff, hasNewAssets } = stack;
  return [
    countsOf(diff) || 'none',
    diff.security.length > 0 ? '**changed**' : '',
    hasNewAssets ? 'changed' : '',
  ];
}

function countsOf({ resources, others }: TemplateDiff): string {
  const counts = ORDER.map((impact) => {
    const count = resources.filter((change) => change.impact === impact).length;
    if (count === 0) return '';
    return impact === 'changed' || impact === 'added' ? `${count} ${impact}` : `**${count} ${impact}**`;
  });
  return [...counts, others.length > 0 ? 'others' : ''].filter((part) => part !== '').join(', ');
}

function detailsOf(stack: StackDiff): string {
  if (stack.kind !== 'both') return '';
  const { security, resources, others } = stack.diff;
  const ordered = ORDER.flatMap((impact) => resources.filter((change) => change.impact === impact));
  const text = [...security, ...ordered.map((change) => change.text), ...others].join('\n\n');
  if (text === '') return '';
  const summary = `<summary><code>${stack.stack}</code></summary>`;
  return `<details>${summary}\n\n${fenced(shortened(text))}\n\n</details>`;
}

function shortened(text: string): string {
  if (text.length <= MAX_DETAILS) return text;
  const end = text.lastIndexOf('\n', MAX_DETAILS);
  return `${text.slice(0, end)}\n… and ${text.length - end} more characters`;
}

/** A fence that is longer than any in the text, so that the text cannot end it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}\n${text}\n${fence}`;
}
