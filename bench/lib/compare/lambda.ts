import { measureContainerStarts } from '../image/container.ts';
import { step } from '../step.ts';
import { measureShares, USUAL_PERIOD_MS, USUAL_SHARES } from '../vcpu-shares/measurement.ts';
import { knownPhoto } from '../workload.ts';
import type { Context } from './context.ts';

/** The container with the resources that memory settings of Lambda buy. */
export async function measureLambda(context: Context) {
  const { containerStarts, shareRounds, shareRequests } = context.plan;
  step('Starts of the container with one vCPU');
  const container = await measureContainerStarts(containerStarts, await knownPhoto(context));
  step('Predictions with shares of a vCPU');
  const shares = await measureShares({
    shares: USUAL_SHARES,
    rounds: shareRounds,
    requests: shareRequests,
    periodMs: USUAL_PERIOD_MS,
  });
  return { container, shares };
}
