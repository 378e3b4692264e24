import { ServiceError } from '../errors.ts';

/** What all holders of one gate share: bytes, or places. */
export interface GateSettings {
  /** What all holders together may have. */
  readonly capacity: number;
  /**
   * What heavy claims together may have. The rest is kept for light ones, so that a normal photo finds room however
   * much large work there is.
   *
   * @default the whole capacity
   */
  readonly heavyCapacity?: number;
  /**
   * What one client may have.
   *
   * @default the whole capacity
   */
  readonly ownerCapacity?: number;
  /** Claims that may wait at a time; one more is refused at once. Heavy claims and each owner have their share of it. */
  readonly maxWaiting: number;
  /** How long a claim may wait before it is refused. */
  readonly maxWaitMs: number;
  /** The refusal's text for the client. */
  readonly refusal: string;
}

export interface Claim {
  readonly amount: number;
  /** Whether the claim belongs to large work. */
  readonly isHeavy: boolean;
  /** Whose claim it is, such as a client's address; undefined where nobody can tell. */
  readonly owner?: string | undefined;
  /** Ends the wait, with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** A part of the capacity that is held until it is released. Releasing twice does nothing. */
export interface Reservation {
  readonly amount: number;
  release(): void;
}

/**
 * Shares a fixed capacity among requests. A claim that does not fit waits, first come, first served, for a bounded time
 * and in bounded number.
 */
export interface Gate {
  readonly capacity: number;
  /** The largest claim that can ever be granted. */
  readonly largestClaim: (isHeavy: boolean) => number;
  readonly used: () => number;
  readonly waiting: () => number;
  /** Whether claims wait for the capacity itself. Those that wait for their share of it are in nobody's way. */
  readonly hasQueue: () => boolean;
  /** Takes its part now, or nothing where it would have to wait. */
  tryReserve(claim: Omit<Claim, 'signal'>): Reservation | undefined;
  /** @throws ServiceError `overloaded` where the wait is over or too many wait; the signal's reason where it aborts. */
  reserve(claim: Claim): Promise<Reservation>;
}

interface Waiting {
  readonly claim: Claim;
  readonly grant: (reservation: Reservation) => void;
}

type Fit = 'fits' | 'capacity is used up' | 'share is used up';

const RETRY_AFTER_SECONDS = 1;

export function createGate(settings: GateSettings): Gate {
  const { capacity, maxWaiting, maxWaitMs, refusal } = settings;
  const heavyCapacity = settings.heavyCapacity ?? capacity;
  const ownerCapacity = settings.ownerCapacity ?? capacity;
  const waiting = new Set<Waiting>();
  const usedByOwner = new Map<string, number>();
  let used = 0;
  let usedByHeavy = 0;

  function fitOf({ amount, isHeavy, owner }: Claim): Fit {
    if (isHeavy && usedByHeavy + amount > heavyCapacity) return 'share is used up';
    if (owner !== undefined && (usedByOwner.get(owner) ?? 0) + amount > ownerCapacity)
      return 'share is used up';
    return used + amount > capacity ? 'capacity is used up' : 'fits';
  }

  function take(claim: Claim): Reservation {
    const { amount } = claim;
    count(claim, amount);
    let isHeld = true;
    return {
      amount,
      release() {
        if (!isHeld) return;
        isHeld = false;
        count(claim, -amount);
        grantWaiting();
      },
    };
  }

  function count({ isHeavy, owner }: Claim, amount: number): void {
    used += amount;
    if (isHeavy) usedByHeavy += amount;
    if (owner === undefined) return;
    const held = (usedByOwner.get(owner) ?? 0) + amount;
    if (held > 0) usedByOwner.set(owner, held);
    else usedByOwner.delete(owner);
  }

  /**
   * A claim that waits for its own share lets others pass. One that waits for the capacity does not: smaller claims
   * would take what becomes free again and again.
   */
  function grantWaiting(): void {
    for (const entry of waiting) {
      const fitted = fitOf(entry.claim);
      if (fitted === 'capacity is used up') return;
      if (fitted === 'fits') entry.grant(take(entry.claim));
    }
  }

  /** Nobody fills the waiting room whom the capacity is kept from. */
  function hasRoomToWait({ isHeavy, owner }: Claim): boolean {
    const others = [...waiting].map((entry) => entry.claim);
    const share = (part: number) => Math.max(1, Math.floor((maxWaiting * part) / capacity));
    if (others.length >= maxWaiting) return false;
    if (isHeavy && others.filter((other) => other.isHeavy).length >= share(heavyCapacity)) return false;
    return (
      owner === undefined || others.filter((other) => other.owner === owner).length < share(ownerCapacity)
    );
  }

  const overloaded = (): ServiceError =>
    new ServiceError('overloaded', refusal, { retryAfterSeconds: RETRY_AFTER_SECONDS });

  function tryReserve(claim: Claim): Reservation | undefined {
    const isFirst = [...waiting].every((other) => fitOf(other.claim) === 'share is used up');
    return isFirst && fitOf(claim) === 'fits' ? take(claim) : undefined;
  }

  function wait(claim: Claim): Promise<Reservation> {
    const { signal } = claim;
    return new Promise((resolve, reject) => {
      const end = () => {
        waiting.delete(entry);
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const entry: Waiting = {
        claim,
        grant(reservation) {
          end();
          resolve(reservation);
        },
      };
      const giveUp = (reason: unknown) => {
        end();
        // Those behind it may fit now.
        grantWaiting();
        reject(reason);
      };
      const onAbort = () => giveUp(signal?.reason);
      const timer = setTimeout(() => giveUp(overloaded()), maxWaitMs);
      signal?.addEventListener('abort', onAbort, { once: true });
      waiting.add(entry);
    });
  }

  return {
    capacity,
    largestClaim: (isHeavy) => Math.min(ownerCapacity, isHeavy ? heavyCapacity : capacity),
    used: () => used,
    waiting: () => waiting.size,
    hasQueue: () => [...waiting].some(({ claim }) => fitOf(claim) === 'capacity is used up'),
    tryReserve,
    async reserve(claim) {
      claim.signal?.throwIfAborted();
      const reservation = tryReserve(claim);
      if (reservation) return reservation;
      if (!hasRoomToWait(claim)) throw overloaded();
      return wait(claim);
    },
  };
}
