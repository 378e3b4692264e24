import type { LoadClient } from '../load/client.ts';
import type { Subject } from '../subjects/subject.ts';
import type { Workload } from '../workload.ts';
import type { Plan } from './plan.ts';

/** What every part of the comparison needs. */
export interface Context extends Workload {
  readonly plan: Plan;
  readonly client: LoadClient;
  readonly cores: number;
}

/** A subject as the result lists it. */
export const identity = ({ id, title }: Subject): { id: string; title: string } => ({ id, title });
