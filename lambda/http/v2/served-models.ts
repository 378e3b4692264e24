import type { Context } from 'hono';
import { ServiceError } from '../../errors.ts';
import { type ModelIdentity, PHOTO_MODEL_SUFFIX } from '../../model/manifest.ts';
import type { ModelAccess } from '../../prediction/model-access.ts';
import type { Models } from '../../prediction/models.ts';
import type { AppEnv } from '../context.ts';
import { shorten } from '../wording.ts';

/** What a model takes: normalised tensors, or encoded photos. */
export type ModelKind = 'tensor' | 'photo';

/** A model as clients of the protocol see it. Every bundle is two: one of tensors and one of photos. */
export interface ServedModel {
  readonly name: string;
  readonly version: string;
  readonly kind: ModelKind;
  readonly access: ModelAccess;
}

/** All models, in the order of the bundles. */
export async function servedModels(models: Models): Promise<readonly ServedModel[]> {
  const known = await models.identified();
  return known.flatMap(({ identity, access }) =>
    (['tensor', 'photo'] as const).map((kind) => ({
      name: nameOf(identity, kind),
      version: identity.version,
      kind,
      access,
    })),
  );
}

/**
 * The versions of one model, or the one that is asked for. The first answers requests that choose no version.
 *
 * @throws ServiceError `model_not_found`
 */
export async function findVersions(
  models: Models,
  name: string,
  version?: string,
): Promise<readonly [ServedModel, ...ServedModel[]]> {
  const all = await servedModels(models);
  const named = all.filter((model) => model.name === name);
  const [first, ...others] =
    version === undefined ? named : named.filter((model) => model.version === version);
  if (first) return [first, ...others];
  throw new ServiceError(
    'model_not_found',
    named.length > 0
      ? `Expected one of the versions ${named.map((model) => model.version).join(', ')} of ${shorten(name)}, ` +
          `got ${JSON.stringify(shorten(version ?? ''))}.`
      : `Expected one of the models ${[...new Set(all.map((model) => model.name))].join(', ')}, ` +
          `got ${JSON.stringify(shorten(name))}.`,
  );
}

/**
 * The versions that the path of a request names. From then on, the log and the metrics name the model, even if it
 * cannot serve the request.
 *
 * @throws ServiceError `model_not_found`
 */
export async function chosenVersions(
  c: Context<AppEnv>,
  models: Models,
): Promise<readonly [ServedModel, ...ServedModel[]]> {
  const versions = await findVersions(models, c.req.param('name') ?? '', c.req.param('version'));
  c.get('record').model = versions[0].access.identity();
  return versions;
}

const nameOf = ({ name }: ModelIdentity, kind: ModelKind): string =>
  kind === 'photo' ? name + PHOTO_MODEL_SUFFIX : name;
