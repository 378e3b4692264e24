/**
 * A Markdown table: the first column to the left, the others to the right, or all to the left with `align`.
 */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  { align = 'right' }: { readonly align?: 'left' | 'right' } = {},
): string {
  const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const rule = `|${header.map((_, index) => (index === 0 || align === 'left' ? '---' : '---:')).join('|')}|`;
  return [row(header), rule, ...rows.map(row)].join('\n');
}
