import type { Claim, Gate } from './gate.ts';

/**
 * Does work with a part of a gate's capacity, and releases that part when the work has settled.
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
