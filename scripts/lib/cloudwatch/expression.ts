import { call } from './functions.ts';
import {
  allSeries,
  type Evaluation,
  isArrayOfSeries,
  type Missing,
  pointOf,
  type Series,
  type Value,
} from './series.ts';

/**
 * Evaluates CloudWatch metric math: the operators, and the functions that alarms here use. Rules from
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
 *
 * @throws Error if the expression is not valid here or its result is not a single series.
 */
export function evaluateExpression(expression: string, evaluation: Evaluation): Series {
  const tokens = tokenise(expression);
  const parser = new Parser(tokens, evaluation);
  const value = parser.expression(0);
  parser.end();
  if (typeof value === 'number' || isArrayOfSeries(value)) {
    throw new Error(`${expression}: expected a single series`);
  }
  return value;
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|("[^"]*")|(&&|\|\||[<>=!]=|[-+*/^<>()[\],]))/y;

function tokenise(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(text);
    if (!found) throw new Error(`${text}: expected an operator, a name or a number at ${at}`);
    tokens.push(found[0].trim());
  }
  return tokens;
}

type Operation = (left: number, right: number) => number;

const truth = (value: boolean) => (value ? 1 : 0);
const OPERATORS: Readonly<Record<string, { readonly binds: number; readonly apply: Operation }>> = {
  OR: { binds: 1, apply: (a, b) => truth(a !== 0 || b !== 0) },
  '||': { binds: 1, apply: (a, b) => truth(a !== 0 || b !== 0) },
  AND: { binds: 2, apply: (a, b) => truth(a !== 0 && b !== 0) },
  '&&': { binds: 2, apply: (a, b) => truth(a !== 0 && b !== 0) },
  '==': { binds: 3, apply: (a, b) => truth(a === b) },
  '!=': { binds: 3, apply: (a, b) => truth(a !== b) },
  '<': { binds: 3, apply: (a, b) => truth(a < b) },
  '<=': { binds: 3, apply: (a, b) => truth(a <= b) },
  '>': { binds: 3, apply: (a, b) => truth(a > b) },
  '>=': { binds: 3, apply: (a, b) => truth(a >= b) },
  '+': { binds: 4, apply: (a, b) => a + b },
  '-': { binds: 4, apply: (a, b) => a - b },
  '*': { binds: 5, apply: (a, b) => a * b },
  '/': { binds: 5, apply: (a, b) => a / b },
  '^': { binds: 6, apply: (a, b) => a ** b },
};

class Parser {
  readonly #tokens: readonly string[];
  readonly #evaluation: Evaluation;
  #at = 0;

  constructor(tokens: readonly string[], evaluation: Evaluation) {
    this.#tokens = tokens;
    this.#evaluation = evaluation;
  }

  /** Precedence climbing: takes operators that bind more tightly than `above`. */
  expression(above: number): Value {
    let left = this.#operand();
    for (;;) {
      const operator = OPERATORS[this.#tokens[this.#at] ?? ''];
      if (!operator || operator.binds <= above) return left;
      this.#at += 1;
      left = combine(left, this.expression(operator.binds), operator.apply, this.#evaluation.missing);
    }
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new Error(`unexpected ${this.#tokens[this.#at]}`);
  }

  #operand(): Value {
    const token = this.#take();
    if (token === '-') return combine(0, this.expression(5), (a, b) => a - b, this.#evaluation.missing);
    if (token === '(') return this.#list(')')[0] ?? 0;
    if (token === '[') return this.#list(']').flatMap((value) => allSeries(value));
    if (/^\d/.test(token)) return Number(token);
    if (this.#tokens[this.#at] === '(') {
      this.#at += 1;
      return call(token, this.#list(')'), this.#evaluation);
    }
    const series = this.#evaluation.metrics[token];
    if (!series) throw new Error(`expected a metric, got ${token}`);
    return series;
  }

  #list(end: ')' | ']'): Value[] {
    const values: Value[] = [];
    while (this.#tokens[this.#at] !== end) {
      values.push(this.expression(0));
      if (this.#tokens[this.#at] === ',') this.#at += 1;
      else if (this.#tokens[this.#at] !== end) throw new Error(`expected ${end}`);
    }
    this.#at += 1;
    return values;
  }

  #take(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error('the expression ends too early');
    this.#at += 1;
    return token;
  }
}

function combine(left: Value, right: Value, apply: Operation, missing: Missing): Value {
  if (typeof left === 'number' && typeof right === 'number') return apply(left, right);
  if (isArrayOfSeries(left)) return left.map((one) => combine(one, right, apply, missing) as Series);
  if (isArrayOfSeries(right)) return right.map((one) => combine(left, one, apply, missing) as Series);
  const length = typeof left === 'number' ? (right as Series).length : left.length;
  const both = typeof left !== 'number' && typeof right !== 'number';
  return Array.from({ length }, (_, at) => {
    const [a, b] = [pointOf(left, at), pointOf(right, at)];
    if (a === undefined && b === undefined) return undefined;
    if ((a === undefined || b === undefined) && !(both && missing === 'zero')) return undefined;
    const result = apply(a ?? 0, b ?? 0);
    // A division by zero drops the data point.
    return Number.isFinite(result) ? result : undefined;
  });
}
