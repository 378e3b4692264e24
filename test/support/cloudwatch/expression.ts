/**
 * Evaluates CloudWatch metric math: the operators, and the functions that alarms here use. Rules from
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html.
 */

/** One value a period, oldest first; undefined where there is no data. */
export type Series = readonly (number | undefined)[];
type Value = number | Series | readonly Series[];

/**
 * What a missing data point means in an operation on two series of which the other one has a value. The
 * documentation says `zero`. An alarm should also be right with `missing`, which is what a reader would guess.
 */
export type Missing = 'zero' | 'missing';

export interface Evaluation {
  /** By the id that the expression uses. All have the same length. */
  readonly metrics: Readonly<Record<string, Series>>;
  readonly periodSeconds: number;
  readonly missing: Missing;
}

/** @throws Error if the expression is not valid here or its result is not a single series. */
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

function call(name: string, given: readonly Value[], { metrics, periodSeconds, missing }: Evaluation): Value {
  const [first, filler = 0] = given;
  switch (name) {
    case 'METRICS':
      return Object.values(metrics);
    case 'IF':
      return choose(given, missing);
    case 'FILL': {
      const filled = allSeries(first).map((series) => fill(series, filler));
      return isArrayOfSeries(first) ? filled : (filled[0] ?? []);
    }
    case 'SUM':
      return aggregate(first, (values) => values.reduce((sum, value) => sum + value, 0));
    case 'MAX':
      return aggregate(first, (values) => Math.max(...values));
    case 'MIN':
      return aggregate(first, (values) => Math.min(...values));
    case 'PERIOD':
      return periodSeconds;
    case 'RATE': {
      const rates = allSeries(first).map((series) => rate(series, periodSeconds));
      return isArrayOfSeries(first) ? rates : (rates[0] ?? []);
    }
    default:
      throw new Error(`expected a function that is implemented here, got ${name}`);
  }
}

function choose([condition = 0, yes = 0, no]: readonly Value[], missing: Missing): Value {
  if (typeof condition === 'number') return condition === 0 ? (no ?? []) : yes;
  return (condition as Series).map((value, at) => {
    if (value === undefined) return undefined;
    if (value === 0) return no === undefined ? undefined : pointOf(no, at);
    return pointOf(yes, at) ?? (missing === 'zero' ? 0 : undefined);
  });
}

/**
 * Fills gaps. A metric that never had a data point has no series to fill; the documentation does not promise
 * one, so alarms must not rely on it.
 */
function fill(series: Series, filler: Value): Series {
  if (series.every((value) => value === undefined)) return series;
  return series.map((value, at) => value ?? pointOf(filler, at));
}

/** Of one series: a number. Of several: a series. Missing points do not count. */
function aggregate(value: Value | undefined, apply: (values: readonly number[]) => number): Value {
  if (value === undefined || typeof value === 'number') throw new Error('expected a series');
  if (!isArrayOfSeries(value)) return apply(present(value));
  const length = value[0]?.length ?? 0;
  return Array.from({ length }, (_, at) => {
    const values = present(value.map((series) => series[at]));
    return values.length === 0 ? undefined : apply(values);
  });
}

function rate(series: Series, periodSeconds: number): Series {
  let last: { readonly at: number; readonly value: number } | undefined;
  return series.map((value, at) => {
    if (value === undefined) return undefined;
    const change = last && (value - last.value) / ((at - last.at) * periodSeconds);
    last = { at, value };
    return change;
  });
}

const present = (series: Series): number[] => series.filter((value) => value !== undefined);

function pointOf(value: Value, at: number): number | undefined {
  return typeof value === 'number' ? value : (value as Series)[at];
}

function isArrayOfSeries(value: Value | undefined): value is readonly Series[] {
  return Array.isArray(value) && Array.isArray(value[0]);
}

function allSeries(value: Value | undefined): readonly Series[] {
  if (value === undefined || typeof value === 'number') throw new Error('expected a series');
  return isArrayOfSeries(value) ? value : [value];
}
