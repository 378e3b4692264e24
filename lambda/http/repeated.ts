/** A parameter that was sent more than once in one place, where one value is expected. */
export class Repeated {
  readonly count: number;
  /** The first of its values, as text; fewer than `count` where the parser does not keep them all. */
  readonly values: readonly string[];

  constructor(count: number, values: readonly string[] = []) {
    this.count = count;
    this.values = values;
  }
}

/** The values of parameters by name: {@link Repeated} for a name that came more than once. */
export function byName<Value>(
  parameters: Iterable<readonly [name: string, value: Value]>,
  textOf: (value: Value) => string,
): Readonly<Record<string, Value | Repeated>> {
  const groups = Map.groupBy(parameters, ([name]) => name);
  // Object.fromEntries defines properties, so a parameter named __proto__ becomes one like any other.
  return Object.fromEntries(
    [...groups].map(([name, sent]): [string, Value | Repeated] => {
      const [first, ...others] = sent.map(([, value]) => value);
      return others.length === 0
        ? [name, first as Value]
        : [
            name,
            new Repeated(
              sent.length,
              sent.slice(0, 2).map(([, value]) => textOf(value)),
            ),
          ];
    }),
  );
}
