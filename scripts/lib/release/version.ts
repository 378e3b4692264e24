import { UsageError } from '../command/usage-error.ts';

/** A version by https://semver.org, without build metadata. */
export interface Version {
  readonly text: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Such as `['rc', '1']`; empty for a stable version. */
  readonly prerelease: readonly string[];
}

const NUMBER = '(?:0|[1-9]\\d*)';
const IDENTIFIER = `(?:${NUMBER}|\\d*[A-Za-z-][0-9A-Za-z-]*)`;
const VERSION = new RegExp(
  `^(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${IDENTIFIER}(?:\\.${IDENTIFIER})*))?$`,
);

/**
 * @param text such as `1.2.3` or `1.2.0-rc.1`.
 * @param of what has it, for the error.
 * @throws UsageError
 */
export function parseVersion(text: string, of: string): Version {
  const [, major, minor, patch, prerelease] = VERSION.exec(text) ?? [];
  if (major === undefined) {
    throw new UsageError(`${of}: expected a version such as 1.2.3 or 1.2.0-rc.1, got ${text || 'nothing'}`);
  }
  return {
    text,
    major: Number(major),
    minor: Number(minor),
    patch: Number(patch),
    prerelease: prerelease?.split('.') ?? [],
  };
}

/** @param tag such as `v1.2.3`. @throws UsageError */
export function versionOfTag(tag: string): Version {
  if (!tag.startsWith('v'))
    throw new UsageError(`--tag: expected v and a version, such as v1.2.3, got ${tag}`);
  return parseVersion(tag.slice(1), '--tag, after the v');
}

export const isStable = ({ prerelease }: Version): boolean => prerelease.length === 0;

/** Negative if `a` is older than `b`, positive if it is newer: the precedence of https://semver.org/#spec-item-11. */
export function compareVersions(a: Version, b: Version): number {
  const core = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  if (core !== 0) return core;
  if (isStable(a) || isStable(b)) return Number(isStable(a)) - Number(isStable(b));
  for (const [index, own] of a.prerelease.entries()) {
    const other = b.prerelease[index];
    if (other === undefined) return 1;
    const order = compareIdentifiers(own, other);
    if (order !== 0) return order;
  }
  return a.prerelease.length - b.prerelease.length;
}

function compareIdentifiers(a: string, b: string): number {
  const [isNumber, isOtherNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumber && isOtherNumber) return Number(a) - Number(b);
  if (isNumber !== isOtherNumber) return isNumber ? -1 : 1;
  return a < b ? -1 : Number(a > b);
}

/** The stable release before `version`, which promised to stay compatible. Undefined for the first. */
export const releaseBefore = (version: Version, released: readonly Version[]): Version | undefined =>
  released
    .filter((other) => isStable(other) && compareVersions(other, version) < 0)
    .sort(compareVersions)
    .at(-1);
