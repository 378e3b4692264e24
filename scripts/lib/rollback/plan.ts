import { knownGoodBefore } from '../../../lambda/operations/known-good.ts';

export interface AliasState {
  readonly version: string;
  /** The share of traffic, 0..1, of each other version of the alias. */
  readonly weights: Readonly<Record<string, number>>;
}

export interface Versions {
  readonly alias: AliasState;
  /** The version that the alias has according to CloudFormation. */
  readonly expected: string | undefined;
  /** The numbers of the published versions. */
  readonly published: readonly string[];
  /** The versions that passed the checks after a deployment, the newest first. */
  readonly knownGood: readonly string[];
}

/**
 * Chooses the version that the alias should point to.
 *
 * @param wanted the version that was asked for. @default the one known to be good before the live one
 * @throws Error that says why there is none.
 */
export function chooseVersion({ alias, expected, published, knownGood }: Versions, wanted?: string): string {
  const listed = (versions: readonly string[]) => versions.join(', ') || 'none';
  if (wanted !== undefined) {
    if (!published.includes(wanted)) {
      throw new Error(`--to: expected one of the versions ${listed(published)}, got ${wanted}`);
    }
    const isWhole = Object.keys(alias.weights).length === 0;
    if (isWhole && wanted === alias.version && wanted === (expected ?? wanted)) {
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
  const before = knownGoodBefore(
    knownGood.filter((version) => published.includes(version)),
    alias.version,
  );
  if (before === undefined) {
    const choices = published.filter((version) => version !== alias.version);
    if (choices.length === 0) {
      throw new Error(`no version is there but ${alias.version}: deploy an older commit to go back`);
    }
    throw new Error(
      `no version is known to have been good before ${alias.version}: choose one of ${listed(choices)} with --to; see docs/troubleshooting.md#no-version-to-go-back-to`,
    );
  }
  return before;
}
