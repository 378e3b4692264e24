import type { MarkdownRenderer } from 'vitepress';

/** Hands fences with `mermaid` to the component that draws them. */
export function addDiagrams(md: MarkdownRenderer): void {
  const renderFence = md.renderer.rules.fence;
  md.renderer.rules.fence = (tokens, index, options, env, self) => {
    const token = tokens[index];
    if (token?.info.trim() !== 'mermaid') return renderFence?.(tokens, index, options, env, self) ?? '';
    const heading = tokens.slice(0, index).findLastIndex(({ type }) => type === 'heading_open');
    const title = tokens[heading + 1]?.content ?? '';
    const { escapeHtml } = md.utils;
    return `<MermaidDiagram title="${escapeHtml(title)}" code="${escapeHtml(encodeURIComponent(token.content))}" />\n`;
  };
}
