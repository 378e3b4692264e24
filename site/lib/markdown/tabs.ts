import type { MarkdownRenderer } from 'vitepress';
import type { OriginOf } from './origin.ts';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/**
 * Makes tabs of what is between `<!-- tabs -->` and `<!-- /tabs -->`: for each tab a paragraph with its label, such as
 * `**Python**`, and what follows it. GitHub shows the labels as text.
 */
export function addTabs(md: MarkdownRenderer, originOf: OriginOf): void {
  md.core.ruler.push('tabs', (state) => {
    const made: Token[] = [];
    let labels: string[] | undefined;
    const html = (content: string) => {
      const token = new state.Token('html_block', '', 0);
      token.content = content;
      return token;
    };
    const fail = (problem: string): never => {
      throw new Error(`${originOf(state.env)}: ${problem}`);
    };
    let first = 0;
    for (let index = 0; index < state.tokens.length; index++) {
      const token = state.tokens[index] as Token;
      const comment = token.type === 'html_block' ? token.content.trim() : '';
      const label = labels && labelAt(state.tokens, index);
      if (comment === '<!-- tabs -->') {
        if (labels) fail('expected <!-- /tabs --> before the next <!-- tabs -->');
        labels = [];
        first = made.length;
      } else if (comment === '<!-- /tabs -->') {
        if (!labels || labels.length === 0)
          return fail('expected <!-- tabs --> and a label before <!-- /tabs -->');
        const list = md.utils.escapeHtml(JSON.stringify(labels));
        made.splice(first, 0, html(`<CodeTabs :labels="${list}">\n`));
        made.push(html('</template></CodeTabs>\n'));
        labels = undefined;
      } else if (labels && label !== undefined) {
        made.push(html(`${labels.length > 0 ? '</template>' : ''}<template #tab${labels.length}>\n`));
        labels.push(label);
        index += 2;
      } else if (labels?.length === 0) {
        fail(`expected a label such as **Python** after <!-- tabs -->, got ${token.type}`);
      } else made.push(token);
    }
    if (labels) fail('expected <!-- /tabs --> after <!-- tabs -->');
    state.tokens = made;
  });
}

/** The text of a paragraph that is bold from its beginning to its end. */
function labelAt(tokens: readonly Token[], index: number): string | undefined {
  if (tokens[index]?.type !== 'paragraph_open') return undefined;
  return /^\*\*([^*]+)\*\*$/.exec(tokens[index + 1]?.content.trim() ?? '')?.[1];
}
