/** The value of a parameter that was sent more than once in one place. Only one value is expected. */
export class Repeated {
  readonly count: number;
  /** The first two of its values as text, or none if the parser does not keep them. */
  readonly values: readonly string[];

  constructor(count: number, values: readonly string[] = []) {
    this.count = count;
    this.values = values;
  }
}

/** The values of parameters by name. A name that came more than once has the value {@link Repeated}. */
export function byName<Value>(
  parameters: Iterable<readonly [name: string, value: Value]>,
  textOf: (value: Value) => string,
): Readonly<Record<string, Value | Repeated>> {
  const groups = Map.groupBy(parameters, ([name]) => name);
  // Object.fromEntries defines properties, so a parameter named __proto__ is one like any other.
  return Object.fromEntries(
    [...groups].map(([name, sent]) => {
      const values = sent.map(([, value]) => value);
      return [name, values.length === 1 ? (values[0] as Value) : repeated(values, textOf)];
    }),
  );
}

function repeated<Value>(values: readonly Value[], textOf: (value: Value) => string): Repeated {
  return new Repeated(values.length, values.slice(0, 2).map(textOf));
}
