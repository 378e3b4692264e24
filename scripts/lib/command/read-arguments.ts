import { parseArgs } from 'node:util';
import type { Command, Options, ValuesOf } from './command.ts';
import { didYouMean } from './did-you-mean.ts';
import { UsageError } from './usage-error.ts';

/**
 * @throws UsageError for an option that is unknown, given twice or of the wrong form, and for arguments that
 * are too many.
 */
export function readArguments<Named extends Options, Positional extends Options>(
  { options, positionals }: Pick<Command<Named, Positional>, 'options' | 'positionals'>,
  args: readonly string[],
): ValuesOf<Named> & ValuesOf<Positional> {
  const named: Options = options ?? {};
  const positional: Options = positionals ?? {};
  const given = readTokens(named, args);
  const takesRest = Object.values(positional).at(-1)?.kind === 'rest';
  const extra = takesRest ? undefined : given.positionals[Object.keys(positional).length];
  if (extra !== undefined) {
    const expected = Object.keys(positional).map((name) => name.toUpperCase());
    throw new UsageError(
      `Expected ${expected.join(' ') || 'no arguments'}, got ${given.positionals.join(' ')}`,
    );
  }
  const values = [
    ...Object.entries(named).map(([name, option]) => [
      name,
      option.read(`--${name}`, given.options.get(name), []),
    ]),
    ...Object.entries(positional).map(([name, option], index) => [
      name,
      option.read(name.toUpperCase(), given.positionals[index], given.positionals.slice(index + 1)),
    ]),
  ];
  return Object.fromEntries(values);
}

function readTokens(named: Options, args: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...args],
    // Not strict, because the errors of parseArgs advise how to call parseArgs.
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(named).map(([name, { kind }]) => [
        name,
        { type: kind === 'flag' ? 'boolean' : 'string' } as const,
      ]),
    ),
  });
  const options = new Map<string, string>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, rawName, value, inlineValue } = token;
    const option = Object.hasOwn(named, name) ? named[name] : undefined;
    if (!option || !rawName.startsWith('--')) {
      const known = [...Object.keys(named), 'help'].map((one) => `--${one}`);
      const question = rawName.startsWith('--') ? didYouMean(rawName, known) : '';
      throw new UsageError(`Expected one of the options ${known.join(', ')}, got ${rawName}${question}`);
    }
    if (options.has(name)) throw new UsageError(`${rawName}: expected once, got twice`);
    if (option.kind === 'flag' && value !== undefined)
      throw new UsageError(`${rawName}: expected no value, got ${value}`);
    if (option.kind === 'value' && (value === undefined || (!inlineValue && value.startsWith('--'))))
      throw new UsageError(`${rawName}: expected a value, got ${value ?? 'nothing'}`);
    options.set(name, value ?? '');
  }
  return { options, positionals };
}
