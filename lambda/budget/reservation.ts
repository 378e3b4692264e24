import type { Claim, Gate } from './gate.ts';

/**
 * Reserves a part of a gate's capacity for some work, and releases it when the work has settled.
 *
 * @throws what {@link Gate.reserve} and `work` throw.
 */
export async function withReservation<Result>(
  gate: Gate,
  claim: Claim,
  work: () => Promise<Result>,
): Promise<Result> {
  const reservation = await gate.reserve(claim);
  try {
    return await work();
  } finally {
    reservation.release();
  }
}
