/** Who holds how much of something that is limited: each part has a key, and may count for the address of a client. */
export interface Holdings<Key> {
  total(): number;
  /** What one address holds. */
  of(address: string): number;
  /** What one key holds. */
  amountOf(key: Key): number;
  /** The address that a key counts for. */
  addressOf(key: Key): string | undefined;
  /** Adds to what the key holds. It stays with its first address. */
  add(key: Key, amount: number, address: string | undefined): void;
  /** Lets a key hold only this share of what it holds, 0..1. */
  shrink(key: Key, share: number): void;
  /** Does nothing for a key that holds nothing. */
  remove(key: Key): void;
}

interface Holding {
  readonly amount: number;
  readonly address: string | undefined;
}

export function createHoldings<Key>(): Holdings<Key> {
  const holdings = new Map<Key, Holding>();
  const byAddress = new Map<string, number>();
  let total = 0;

  function count(address: string | undefined, amount: number): void {
    total += amount;
    if (address === undefined) return;
    const held = (byAddress.get(address) ?? 0) + amount;
    if (held > 0) byAddress.set(address, held);
    else byAddress.delete(address);
  }

  function set(key: Key, amount: number, address: string | undefined): void {
    const before = holdings.get(key);
    count(address, amount - (before?.amount ?? 0));
    if (amount > 0) holdings.set(key, { amount, address });
    else holdings.delete(key);
  }

  return {
    total: () => total,
    of: (address) => byAddress.get(address) ?? 0,
    amountOf: (key) => holdings.get(key)?.amount ?? 0,
    addressOf: (key) => holdings.get(key)?.address,
    add(key, amount, address) {
      const before = holdings.get(key);
      set(key, (before?.amount ?? 0) + amount, before ? before.address : address);
    },
    shrink(key, share) {
      const before = holdings.get(key);
      if (before) set(key, Math.floor(before.amount * share), before.address);
    },
    remove(key) {
      const before = holdings.get(key);
      if (before) set(key, 0, before.address);
    },
  };
}

/**
 * Whether an address may hold more: with it, at most a share of what the others leave. So however much one address takes,
 * there is something left for the next one.
 */
export const isWithinShare = (
  { own, more, others }: { readonly own: number; readonly more: number; readonly others: number },
  { capacity, share }: { readonly capacity: number; readonly share: number },
): boolean => own + more <= Math.max(1, share * (capacity - others));
