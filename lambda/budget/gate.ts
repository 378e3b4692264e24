import { ServiceError } from '../errors.ts';
import { type Claim, createLedger } from './ledger.ts';

export type { Claim } from './ledger.ts';

/** A capacity that all requests share: bytes or slots. */
export interface GateSettings {
  /** For all claims together. */
  readonly capacity: number;
  /**
   * For all heavy claims together. The rest is kept for light ones, so that there is always room for a normal
   * photo.
   *
   * @default the whole capacity
   */
  readonly heavyCapacity?: number;
  /**
   * For all claims of one client.
   *
   * @default the whole capacity
   */
  readonly ownerCapacity?: number;
  /** The most claims that may wait. Heavy claims, and each owner, get only their share of the queue. */
  readonly maxWaiting: number;
  /** How long a claim may wait before it is refused. */
  readonly maxWaitMs: number;
  /** The error text for a client whose claim is refused. */
  readonly refusal: string;
}

/** A part of the capacity, held until it is released. A second release has no effect. */
export interface Reservation {
  readonly amount: number;
  release(): void;
}

/**
 * Shares a fixed capacity among requests. Claims that do not fit wait in order of arrival. Both the time that
 * a claim waits and the number of waiting claims are limited.
 */
export interface Gate {
  readonly capacity: number;
  /** The largest claim that can ever be granted. */
  readonly largestClaim: (isHeavy: boolean) => number;
  readonly used: () => number;
  readonly waiting: () => number;
  /**
   * Whether claims wait for the capacity itself. Claims that wait for their own share do not hold up others.
   */
  readonly hasQueue: () => boolean;
  /** Reserves immediately, or returns undefined if the claim would have to wait. */
  tryReserve(claim: Omit<Claim, 'signal'>): Reservation | undefined;
  /**
   * @throws ServiceError `overloaded` if the claim waited too long or too many claims wait; the reason of its
   *   signal if that aborts.
   */
  reserve(claim: Claim): Promise<Reservation>;
}

interface Waiting {
  readonly claim: Claim;
  readonly grant: (reservation: Reservation) => void;
}

const RETRY_AFTER_SECONDS = 1;

export function createGate(settings: GateSettings): Gate {
  const { capacity, maxWaiting, maxWaitMs, refusal } = settings;
  const heavyCapacity = settings.heavyCapacity ?? capacity;
  const ownerCapacity = settings.ownerCapacity ?? capacity;
  const { used, fitOf, add, remove } = createLedger({ capacity, heavyCapacity, ownerCapacity });
  const waiting = new Set<Waiting>();

  function take(claim: Claim): Reservation {
    add(claim);
    let isHeld = true;
    return {
      amount: claim.amount,
      release() {
        if (!isHeld) return;
        isHeld = false;
        remove(claim);
        grantWaiting();
      },
    };
  }

  /**
   * A claim that waits for its own share lets others pass. A claim that waits for the capacity does not:
   * otherwise smaller claims would keep taking everything that becomes free.
   */
  function grantWaiting(): void {
    for (const entry of waiting) {
      const fit = fitOf(entry.claim);
      if (fit === 'capacity is used up') return;
      if (fit === 'fits') entry.grant(take(entry.claim));
    }
  }

  /** Heavy claims, and the claims of one owner, may fill only their share of the queue. */
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
        // The claims behind this one may fit now.
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
    used,
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
