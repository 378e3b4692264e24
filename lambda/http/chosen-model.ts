import type { Context } from 'hono';
import type { ModelAccess, ReadyModel } from '../prediction/model-access.ts';
import type { Models } from '../prediction/models.ts';
import type { AppEnv } from './context.ts';

/**
 * The model that a request chooses, in whatever state it is. From then on, the log and the metrics name it.
 *
 * @param choice `NAME` or `NAME@VERSION`; undefined for the default.
 * @throws ServiceError `model_not_found`
 */
export async function chosenAccess(
  c: Context<AppEnv>,
  models: Models,
  choice: string | undefined,
): Promise<ModelAccess> {
  const access = await models.find(choice);
  c.get('record').model = access.identity();
  return access;
}

/**
 * The model that a request chooses, once it is ready.
 *
 * @throws ServiceError `model_not_found`, `not_ready`
 */
export async function chosenModel(
  c: Context<AppEnv>,
  models: Models,
  { model }: { readonly model?: string | undefined },
): Promise<ReadyModel> {
  const access = await chosenAccess(c, models, model);
  return access.whenReady();
}
