export interface AliasState {
  readonly version: string;
  /** The share of traffic, 0..1, of each other version of the alias. */
  readonly weights: Readonly<Record<string, number>>;
}

/**
 * Chooses the version that the alias should point to.
 *
 * @param published the numbers of the published versions.
 * @param wanted the version that was asked for. @default the newest one before the version in use
 * @throws Error that says why there is none.
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
      `traffic is split between versions ${[alias.version, ...others].join(' and ')} without a deployment: choose one with --to`,
    );
  }
  const previous = numbers.findLast((number) => number < Number(alias.version));
  if (previous === undefined)
    throw new Error(`no version is older than ${alias.version}; there are ${listed}`);
  return String(previous);
}
