import type { Context } from 'hono';
import type { ReadyModel } from '../prediction/model-access.ts';
import type { Models } from '../prediction/models.ts';
import type { AppEnv } from './context.ts';

/**
 * The model that a request chooses, once it is ready. The log names it.
 *
 * @throws ServiceError `model_not_found`, `not_ready`
 */
export async function chosenModel(
  c: Context<AppEnv>,
  models: Models,
  { model }: { readonly model?: string | undefined },
): Promise<ReadyModel> {
  const access = await models.find(model);
  const ready = await access.whenReady();
  const { name, version } = ready.classifier.manifest;
  c.get('record').model = { name, version };
  return ready;
}
