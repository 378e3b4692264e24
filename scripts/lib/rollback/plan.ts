export interface AliasState {
  readonly version: string;
  /** Versions that share the alias's traffic, by their share of 1. */
  readonly weights: Readonly<Record<string, number>>;
}

/**
 * The version that the alias shall lead to.
 *
 * @param published numbers of the versions there are.
 * @param wanted the version asked for. @default the newest one before the version in use
 * @throws Error that says why there is no such version.
 */
export function chooseVersion(alias: AliasState, published: readonly string[], wanted?: string): string {
  const numbers = published.map(Number).sort((a, b) => a - b);
  const listed = numbers.join(', ') || 'none';
  if (wanted !== undefined) {
    if (!published.includes(wanted))
      throw new Error(`--to: expected one of the versions ${listed}, got ${wanted}`);
    if (wanted === alias.version && Object.keys(alias.weights).length === 0) {
      throw new Error(`--to: version ${wanted} is the one in use`);
    }
    return wanted;
  }
  const others = Object.keys(alias.weights);
  if (others.length > 0) {
    throw new Error(
      `traffic is split between versions ${[alias.version, ...others].join(' and ')} without a deployment: say which with --to`,
    );
  }
  const previous = numbers.findLast((number) => number < Number(alias.version));
  if (previous === undefined)
    throw new Error(`no version is older than ${alias.version}; there are ${listed}`);
  return String(previous);
}
