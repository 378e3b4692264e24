import { ServiceError } from '../../errors.ts';
import type { Models } from '../../prediction/models.ts';
import type { EndJob } from './ending.ts';
import type { Store } from './store/store.ts';

export interface MissingModelsDependencies {
  readonly store: Pick<Store<unknown>, 'jobs'>;
  readonly models: Pick<Models, 'find'>;
  readonly endJob: EndJob;
}

/**
 * Ends the jobs whose model the service has no more, because it was started with others. They fail, and keep the results
 * they have: otherwise all their other inputs would fail, one by one, and the job would look like a success.
 *
 * @throws ServiceError `storage_full`
 */
export async function failJobsWithoutModel({
  store,
  models,
  endJob,
}: MissingModelsDependencies): Promise<void> {
  const { jobs } = store;
  for (const number of [...jobs.unfinished(true), ...jobs.unfinished(false)]) {
    const { model, total, succeeded, failed } = jobs.at(number);
    // The process ended between the last result and the end of the job.
    const isDone = total > 0 && succeeded + failed === total;
    if (!isDone && !(await hasModel(models, model)))
      endJob(number, 'failed', `The service was started without the model ${model} of this job.`);
  }
}

async function hasModel(models: Pick<Models, 'find'>, choice: string): Promise<boolean> {
  try {
    await models.find(choice);
    return true;
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'model_not_found') return false;
    throw error;
  }
}
