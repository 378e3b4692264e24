import type { Context } from 'hono';
import type { ExtraOutput } from '../model/session.ts';
import type { ModelAccess, ReadyModel } from '../prediction/model-access.ts';
import type { Models } from '../prediction/models.ts';
import { requireOutputs } from '../prediction/required-outputs.ts';
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
 * @param outputs that the request is known to need, so that it can be refused before its body is read.
 * @throws ServiceError `model_not_found`, `not_ready`, `unsupported_by_model`
 */
export async function chosenModel(
  c: Context<AppEnv>,
  models: Models,
  { model }: { readonly model?: string | undefined },
  outputs: readonly ExtraOutput[] = [],
): Promise<ReadyModel> {
  const access = await chosenAccess(c, models, model);
  const ready = await access.whenReady();
  requireOutputs(ready.classifier.manifest, outputs);
  return ready;
}
