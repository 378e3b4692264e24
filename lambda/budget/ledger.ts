/** A request for a part of a gate's capacity. */
export interface Claim {
  readonly amount: number;
  /** Whether the claim belongs to large work. */
  readonly isHeavy: boolean;
  /** Who makes the claim, such as a client's address. Undefined if unknown. */
  readonly owner?: string | undefined;
  /** Ends the wait when it aborts. The claim is then rejected with its reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface Capacities {
  /** For all claims together. */
  readonly capacity: number;
  /** For all heavy claims together. */
  readonly heavyCapacity: number;
  /** For all claims of one owner. */
  readonly ownerCapacity: number;
}

export type Fit = 'fits' | 'capacity is used up' | 'share is used up';

/** Who uses how much of a capacity. */
export interface Ledger {
  used(): number;
  fitOf(claim: Claim): Fit;
  add(claim: Claim): void;
  remove(claim: Claim): void;
}

export function createLedger({ capacity, heavyCapacity, ownerCapacity }: Capacities): Ledger {
  const usedByOwner = new Map<string, number>();
  let used = 0;
  let usedByHeavy = 0;

  function count({ isHeavy, owner }: Claim, amount: number): void {
    used += amount;
    if (isHeavy) usedByHeavy += amount;
    if (owner === undefined) return;
    const held = (usedByOwner.get(owner) ?? 0) + amount;
    if (held > 0) usedByOwner.set(owner, held);
    else usedByOwner.delete(owner);
  }

  return {
    used: () => used,
    fitOf({ amount, isHeavy, owner }) {
      if (isHeavy && usedByHeavy + amount > heavyCapacity) return 'share is used up';
      if (owner !== undefined && (usedByOwner.get(owner) ?? 0) + amount > ownerCapacity)
        return 'share is used up';
      return used + amount > capacity ? 'capacity is used up' : 'fits';
    },
    add: (claim) => count(claim, claim.amount),
    remove: (claim) => count(claim, -claim.amount),
  };
}
