/** An SPDX licence expression as a tree. A licence `WITH` an exception counts as one licence. */
type Expression =
  | { readonly kind: 'licence'; readonly id: string }
  | { readonly kind: 'AND' | 'OR'; readonly parts: readonly Expression[] };

/**
 * Chooses the licences of an expression to rely on: all licences that `AND` joins, and the first acceptable
 * one that `OR` joins. Source: spdx.github.io/spdx-spec, "SPDX license expressions".
 *
 * @returns their ids, or undefined if acceptable licences do not satisfy the expression.
 * @throws Error for text that is not an expression.
 * @example licencesFor('MIT OR GPL-3.0-only', (id) => id === 'MIT') // ['MIT']
 */
export function licencesFor(
  expression: string,
  isAcceptable: (id: string) => boolean,
): readonly string[] | undefined {
  return choose(parse(expression), isAcceptable);
}

function choose(
  expression: Expression,
  isAcceptable: (id: string) => boolean,
): readonly string[] | undefined {
  if (expression.kind === 'licence') return isAcceptable(expression.id) ? [expression.id] : undefined;
  const choices = expression.parts.map((part) => choose(part, isAcceptable));
  if (expression.kind === 'OR') return choices.find((choice) => choice !== undefined);
  return choices.every((choice) => choice !== undefined) ? [...new Set(choices.flat())] : undefined;
}

const TOKEN = /[()]|[A-Za-z0-9.+:-]+/y;

function tokensOf(text: string): string[] {
  const tokens: string[] = [];
  const trimmed = text.trimEnd();
  for (let at = 0; at < trimmed.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at + (/^\s*/.exec(trimmed.slice(at))?.[0].length ?? 0);
    const [token] = TOKEN.exec(trimmed) ?? [];
    if (!token) throw notAnExpression(text);
    tokens.push(token);
  }
  return tokens;
}

/** `AND` binds more tightly than `OR`. */
function parse(text: string): Expression {
  const tokens = tokensOf(text);

  function joined(kind: 'AND' | 'OR', next: () => Expression): Expression {
    const first = next();
    const parts = [first];
    while (tokens[0] === kind) {
      tokens.shift();
      parts.push(next());
    }
    return parts.length === 1 ? first : { kind, parts };
  }

  function alternatives(): Expression {
    return joined('OR', () => joined('AND', licence));
  }

  function licence(): Expression {
    const id = tokens.shift();
    if (id === '(') {
      const inner = alternatives();
      if (tokens.shift() !== ')') throw notAnExpression(text);
      return inner;
    }
    if (!isName(id)) throw notAnExpression(text);
    if (tokens[0] !== 'WITH') return { kind: 'licence', id };
    tokens.shift();
    const exception = tokens.shift();
    if (!isName(exception)) throw notAnExpression(text);
    return { kind: 'licence', id: `${id} WITH ${exception}` };
  }

  const expression = alternatives();
  if (tokens.length > 0) throw notAnExpression(text);
  return expression;
}

function isName(token: string | undefined): token is string {
  return token !== undefined && !['(', ')', 'AND', 'OR', 'WITH'].includes(token);
}

function notAnExpression(text: string): Error {
  return new Error(`expected an SPDX licence expression, got ${JSON.stringify(text)}`);
}
