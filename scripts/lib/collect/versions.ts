/** A published version of a function. */
export interface Version {
  /** A whole number. */
  readonly version: string;
  /** ISO 8601. */
  readonly published: string;
}

/** Something that needs a version. */
export interface Claim {
  readonly version: string;
  /** Such as `alias live`. */
  readonly by: string;
}

export interface FunctionState {
  readonly name: string;
  readonly versions: readonly Version[];
  readonly claims: readonly Claim[];
}

/** What nobody claims is kept too while it is young, or among the newest. */
export interface Retention {
  /** For a version, since the next one was published; for an image, since it was pushed. */
  readonly days: number;
  /** So many of the newest versions of each function are kept. */
  readonly keep: number;
}

export type Decided<Item> = Item & { readonly keptBy: string | undefined };

const DAY_MS = 24 * 3_600_000;

/**
 * Decides which versions of a function are needed, the oldest first.
 *
 * The age of a version counts from the publication of the next one, not from its own: until then it was the one
 * that new jobs began with. A job goes on with that version, and so does a redrive of it.
 *
 * @throws Error for a time that cannot be read, or a claim of a version that was not listed.
 */
export function decideVersions(
  { name, versions, claims }: FunctionState,
  { days, keep }: Retention,
  now: Date,
): Decided<Version>[] {
  const oldestFirst = [...versions].sort((a, b) => Number(a.version) - Number(b.version));
  for (const { version, by } of claims) {
    if (!versions.some((one) => one.version === version)) {
      throw new Error(
        `${name}: expected version ${version} in the list of its versions, because ${by} needs it`,
      );
    }
  }
  const replaced = oldestFirst.map((_, index) => {
    const next = oldestFirst[index + 1];
    return next === undefined ? undefined : timeOf(next.published, `${name}:${next.version}`);
  });
  return oldestFirst.map((version, index) => {
    const claim = claims.find((one) => one.version === version.version);
    const at = replaced[index];
    const isYoung = at === undefined || at > now.getTime() - days * DAY_MS;
    const isNew = index >= oldestFirst.length - keep;
    const because =
      claim?.by ?? (isNew ? `newest ${keep}` : isYoung ? `in use within ${days} days` : undefined);
    return { ...version, keptBy: because };
  });
}

function timeOf(text: string, what: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new Error(`${what}: expected the time of its publication, got ${text}`);
  return time;
}
