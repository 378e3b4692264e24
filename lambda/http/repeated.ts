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
export function byName<Value extends string | Uint8Array>(
  parameters: Iterable<readonly [name: string, value: Value]>,
  textOf: (value: Value) => string,
): Readonly<Record<string, Value | Repeated>> {
  const values = new Map<string, Value | Repeated>();
  for (const [name, value] of parameters) {
    const before = values.get(name);
    if (before === undefined) values.set(name, value);
    else if (before instanceof Repeated) values.set(name, new Repeated(before.count + 1, before.values));
    else values.set(name, new Repeated(2, [textOf(before), textOf(value)]));
  }
  // Object.fromEntries defines properties, so a parameter named __proto__ is one like any other.
  return Object.fromEntries(values);
}
