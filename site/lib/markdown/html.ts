import type { MarkdownRenderer } from 'vitepress';
import type { OriginOf } from './origin.ts';

const PICTURE = /\b(src|srcset)="(?!\.|\/|[a-z][a-z\d+.-]*:)/g;

/** Lets pictures in HTML have paths as on GitHub: Vite would take `docs/images/a.png` for a package. */
export function adaptHtml(md: MarkdownRenderer, originOf: OriginOf): void {
  md.core.ruler.push('adapt-html', ({ tokens, env }) => {
    for (const token of tokens.flatMap((one) => [one, ...(one.children ?? [])])) {
      if (token.type !== 'html_block' && token.type !== 'html_inline') continue;
      if (/<a\s[^>]*href="(?![a-z][a-z\d+.-]*:)/i.test(token.content))
        throw new Error(`${originOf(env)}: expected a link in Markdown, got ${token.content.trim()}`);
      token.content = token.content.replace(PICTURE, '$1="./');
    }
  });
}
