import type { MarkdownRenderer } from 'vitepress';

/** Links each picture to its file: the column of text is too narrow for a dashboard. GitHub does the same. */
export function linkPictures(md: MarkdownRenderer): void {
  md.core.ruler.push('link-pictures', (state) => {
    const html = (content: string) => {
      const token = new state.Token('html_inline', '', 0);
      token.content = content;
      return token;
    };
    for (const token of state.tokens) {
      let depth = 0;
      token.children =
        token.children?.flatMap((one) => {
          if (one.type === 'link_open') depth++;
          if (one.type === 'link_close') depth--;
          return one.type === 'image' && depth === 0
            ? [html('<LinkedPicture>'), one, html('</LinkedPicture>')]
            : [one];
        }) ?? null;
    }
  });
}
