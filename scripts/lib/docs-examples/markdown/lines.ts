/** A block of code between fences. */
export interface Fence {
  readonly kind: 'fence';
  /** Counted from 1: that of the opening fence. */
  readonly line: number;
  /** The first word after the opening fence, empty if there is none. */
  readonly language: string;
  /** Without the indentation of the fence, and with a line break at its end unless it is empty. */
  readonly code: string;
}

export interface Heading {
  readonly kind: 'heading';
  readonly line: number;
  /** 1 to 6. */
  readonly level: number;
}

/** A comment of HTML that has its line for itself. */
export interface Comment {
  readonly kind: 'comment';
  readonly line: number;
  readonly text: string;
}

export type Part = Fence | Heading | Comment;

const FENCE = /^([ \t>]*)(`{3,}|~{3,})([^`]*)$/;

/**
 * The parts of a Markdown document that say what is run, in order. Fences may stand in lists and in quotations.
 *
 * @throws Error for a fence or a comment that is not closed.
 */
export function partsOf(markdown: string): readonly Part[] {
  const lines = markdown.split('\n');
  const parts: Part[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const text = lines[index] ?? '';
    const line = index + 1;
    const [, prefix = '', mark, info = ''] = FENCE.exec(text) ?? [];
    if (mark !== undefined) {
      const end = lines.findIndex((candidate, at) => at > index && closes(candidate, mark));
      if (end === -1) throw new Error(`line ${line}: expected a fence that closes this one, got none`);
      const code = lines.slice(index + 1, end).map((one) => `${withoutPrefix(one, prefix)}\n`);
      parts.push({ kind: 'fence', line, language: info.trim().split(/\s/)[0] ?? '', code: code.join('') });
      index = end;
      continue;
    }
    const [, marks] = /^ {0,3}(#{1,6})\s/.exec(text) ?? [];
    if (marks !== undefined) parts.push({ kind: 'heading', line, level: marks.length });
    const [, comment] = /^[ \t>]*<!--\s*(.*?)\s*-->\s*$/.exec(text) ?? [];
    if (comment !== undefined) parts.push({ kind: 'comment', line, text: comment });
    // A longer comment hides what is in it.
    else if (/<!--(?!.*-->)/.test(text)) index = endOfComment(lines, index);
  }
  return parts;
}

function closes(line: string, mark: string): boolean {
  const text = line.replace(/^[ \t>]*/, '').trimEnd();
  return text.length >= mark.length && text === (mark[0] ?? '').repeat(text.length);
}

/** Code may be indented less than its fence. */
function withoutPrefix(line: string, prefix: string): string {
  let length = 0;
  while (length < prefix.length && /[ \t>]/.test(line[length] ?? '')) length += 1;
  return line.slice(length);
}

function endOfComment(lines: readonly string[], start: number): number {
  const end = lines.findIndex((line, index) => index > start && line.includes('-->'));
  if (end === -1)
    throw new Error(`line ${start + 1}: expected --> after <!--, which hides the rest of the page`);
  return end;
}
