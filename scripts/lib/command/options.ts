import { didYouMean } from './did-you-mean.ts';
import { UsageError } from './usage-error.ts';

/** One option or argument of a command line, which the command gets as a `Value`. */
export interface Option<Value> {
  /** `rest` is the last argument, and takes all that follow. */
  readonly kind: 'flag' | 'value' | 'rest';
  readonly help: string;
  /** Stands for the value in the help, as in `--rps N`. */
  readonly placeholder: string;
  readonly isRequired: boolean;
  /** As the help shows it. */
  readonly shownDefault: string | undefined;
  /**
   * @param name for errors, such as `--rps`.
   * @param text undefined if the option is absent; empty for a flag that is present.
   * @param others the arguments that follow.
   * @throws UsageError
   */
  readonly read: (name: string, text: string | undefined, others: readonly string[]) => Value;
}

interface Settings<Value> {
  readonly help: string;
  readonly default?: Value;
  readonly required?: true;
}

/** Undefined is possible only without a default and without `required`. */
type Read<Value, Given> = Given extends { readonly default: Value } | { readonly required: true }
  ? Value
  : Value | undefined;

interface Range {
  readonly min: number;
  readonly max: number;
}

export function flag(help: string): Option<boolean> {
  return {
    kind: 'flag',
    help,
    placeholder: '',
    isRequired: false,
    shownDefault: undefined,
    read: (_name, text) => text !== undefined,
  };
}

export const text = <const Given extends Settings<string>>(placeholder: string, given: Given) =>
  valueOption<string, Given>(placeholder, given, 'a value', (value) => value || undefined);

/** Text of a form. @param expected says which, for errors. */
export const matching = <const Given extends Settings<string>>(
  placeholder: string,
  given: Given,
  expected: string,
  isValid: (value: string) => boolean,
) =>
  valueOption<string, Given>(placeholder, given, expected, (value) => (isValid(value) ? value : undefined));

/** At least one argument: the last of a command, which takes all that are left. */
export const texts = (
  placeholder: string,
  { help }: { readonly help: string },
): Option<readonly [string, ...string[]]> => ({
  kind: 'rest',
  help,
  placeholder,
  isRequired: true,
  shownDefault: undefined,
  read(name, first, others) {
    if (!first) throw new UsageError(`${name}: expected at least one, got ${first ?? 'nothing'}`);
    return [first, ...others];
  },
});

export const url = <const Given extends Settings<string>>(given: Given) =>
  valueOption<string, Given>('URL', given, 'an http or https URL', (value) =>
    /^https?:$/.test(URL.parse(value)?.protocol ?? '') ? value : undefined,
  );

export const choice = <const Value extends string, const Given extends Settings<NoInfer<Value>>>(
  values: readonly Value[],
  given: Given,
) =>
  valueOption<Value, Given>(
    values.join('|'),
    given,
    `one of ${values.join(', ')}`,
    (value) => values.find((candidate) => candidate === value),
    (value) => didYouMean(value, values),
  );

export const number = <const Given extends Settings<number> & Range>(placeholder: string, given: Given) =>
  valueOption<number, Given>(placeholder, given, `a number from ${given.min} to ${given.max}`, (value) =>
    readNumber(value, given),
  );

export const wholeNumber = <const Given extends Settings<number> & Range>(
  placeholder: string,
  given: Given,
) =>
  valueOption<number, Given>(
    placeholder,
    given,
    `a whole number from ${given.min} to ${given.max}`,
    (value) => (/^\d+$/.test(value) ? readNumber(value, given) : undefined),
  );

/** Numbers with commas between them. */
export const numbers = <const Given extends Settings<readonly number[]> & Range>(
  placeholder: string,
  given: Given,
) =>
  valueOption<readonly number[], Given>(
    placeholder,
    given,
    `numbers from ${given.min} to ${given.max} with commas between them`,
    (value) => {
      const read = value.split(',').map((part) => readNumber(part, given));
      return read.every((one) => one !== undefined) ? read : undefined;
    },
  );

function readNumber(value: string, { min, max }: Range): number | undefined {
  const read = value.trim() === '' ? Number.NaN : Number(value);
  return read >= min && read <= max ? read : undefined;
}

/**
 * @param parse returns undefined if the text is not what was expected.
 * @param suggest the end of the error, if the text is like one that was expected.
 */
function valueOption<Value, Given extends Settings<Value>>(
  placeholder: string,
  { help, default: fallback, required }: Given,
  expected: string,
  parse: (text: string) => Value | undefined,
  suggest: (text: string) => string = () => '',
): Option<Read<Value, Given>> {
  return {
    kind: 'value',
    help,
    placeholder,
    isRequired: required ?? false,
    shownDefault: fallback === undefined ? undefined : String(fallback),
    read(name, given) {
      if (given === undefined && required) throw new UsageError(`${name}: expected ${expected}, got nothing`);
      if (given === undefined) return fallback as Read<Value, Given>;
      const value = parse(given);
      if (value === undefined)
        throw new UsageError(`${name}: expected ${expected}, got ${given || 'nothing'}${suggest(given)}`);
      return value as Read<Value, Given>;
    },
  };
}
