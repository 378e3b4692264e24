/** The words of a simple command, without quotes, redirections and what a shell substitutes in them. */
export type Words = readonly string[];

/** What stands before a command in loops, conditions and functions. */
const RESERVED = ['!', '{', 'do', 'elif', 'else', 'if', 'then', 'time', 'until', 'while'];

/**
 * The simple commands of a shell script in order, also those in `$(…)`, which come before the one that they are in. Knows as
 * much of the language as pages use: no arithmetic and no `case`.
 */
export function commandsIn(script: string): readonly Words[] {
  const found: Words[] = [];
  new Reader(script, found).readCommands();
  return found.filter((words) => words.length > 0);
}

class Reader {
  readonly #text: string;
  readonly #found: Words[];
  #at = 0;
  #words: string[] = [];
  /** The last lines of the texts (`<<END`) that begin after this line. */
  #heredocs: string[] = [];

  constructor(text: string, found: Words[]) {
    this.#text = text;
    this.#found = found;
  }

  /** @returns the number of characters read, with the bracket that closes what it is in. */
  readCommands(isNested = false): number {
    let depth = 0;
    while (this.#at < this.#text.length) {
      const next = this.#text[this.#at] ?? '';
      if (next === ')' && isNested && depth === 0) {
        this.#endCommand();
        return this.#at + 1;
      }
      if (next === '(') depth += 1;
      if (next === ')') depth -= 1;
      if (/[ \t]/.test(next)) this.#at += 1;
      else if (this.#text.startsWith('\\\n', this.#at)) this.#at += 2;
      else if (next === '#') this.#at = this.#endOfLine();
      else if (/[\n;&|()]/.test(next)) this.#endCommand(next);
      else if (/^\d?[<>]/.test(this.#text.slice(this.#at, this.#at + 2))) this.#skipRedirection();
      else this.#words.push(this.#readWord());
    }
    this.#endCommand();
    return this.#at;
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end === -1 ? this.#text.length : end;
  }

  #endCommand(separator = ''): void {
    this.#at += separator.length;
    const start = this.#words.findIndex((word) => !RESERVED.includes(word));
    this.#found.push(start === -1 ? [] : this.#words.slice(start));
    this.#words = [];
    if (separator !== '\n') return;
    for (const last of this.#heredocs) {
      const end = this.#text.indexOf(`\n${last}\n`, this.#at - 1);
      this.#at = end === -1 ? this.#text.length : end + last.length + 2;
    }
    this.#heredocs = [];
  }

  #skipRedirection(): void {
    const [operator = ''] = /^\d?(<<<|<<-?|<|>>|>)&?\s*/.exec(this.#text.slice(this.#at)) ?? [];
    this.#at += operator.length;
    const target = this.#readWord();
    if (/^\d?<<-?\s*$/.test(operator)) this.#heredocs.push(target);
  }

  #readWord(): string {
    let word = '';
    while (this.#at < this.#text.length && !/[\s;&|()<>]/.test(this.#text[this.#at] ?? '')) {
      const next = this.#text[this.#at] ?? '';
      if (next === "'") word += this.#readUntil("'");
      else if (next === '"') word += this.#readQuoted();
      else if (this.#text.startsWith('$(', this.#at)) word += this.#readSubstitution();
      else if (next === '\\') word += this.#readEscaped();
      else word += this.#text[this.#at++];
    }
    return word;
  }

  #readUntil(end: string): string {
    const stop = this.#text.indexOf(end, this.#at + 1);
    const text = this.#text.slice(this.#at + 1, stop === -1 ? undefined : stop);
    this.#at += text.length + 2;
    return text;
  }

  #readQuoted(): string {
    let text = '';
    this.#at += 1;
    while (this.#at < this.#text.length && this.#text[this.#at] !== '"') {
      if (this.#text.startsWith('$(', this.#at)) text += this.#readSubstitution();
      else if (this.#text[this.#at] === '\\') text += this.#readEscaped();
      else text += this.#text[this.#at++];
    }
    this.#at += 1;
    return text;
  }

  /** The character after a backslash. */
  #readEscaped(): string {
    this.#at += 2;
    return this.#text[this.#at - 1] ?? '';
  }

  /** What the commands print is not known: a reader sees them as they are. */
  #readSubstitution(): string {
    const start = this.#at;
    const inner = this.#text.slice(start + 2);
    this.#at = start + 2 + new Reader(inner, this.#found).readCommands(true);
    return this.#text.slice(start, this.#at);
  }
}
