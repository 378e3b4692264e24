import type { MarkdownRenderer } from 'vitepress';

/** In characters. */
const LONG = 16;
const ENDS_OF_WORDS = /[._](?=\w)|[a-z](?=[A-Z])/g;

/** Lets long names in tables, such as `alarms.jobThrottlePercent`, break between words: other columns need the room. */
export function breakNames(md: MarkdownRenderer): void {
  md.core.ruler.push('break-names', ({ tokens }) => {
    let isCell = false;
    for (const token of tokens) {
      if (token.type === 'td_open') isCell = true;
      if (token.type === 'td_close') isCell = false;
      for (const code of isCell ? (token.children ?? []) : []) {
        if (code.type !== 'code_inline' || code.content.length < LONG || /\s/.test(code.content)) continue;
        const name = md.utils.escapeHtml(code.content).replace(ENDS_OF_WORDS, '$&<wbr>');
        code.type = 'html_inline';
        code.content = `<code v-pre>${name}</code>`;
      }
    }
  });
}
