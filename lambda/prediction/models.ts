import { ServiceError } from '../errors.ts';
import { BundleError } from '../model/bundle.ts';
import type { ModelIdentity } from '../model/manifest.ts';
import type { ModelSource } from '../model/source.ts';
import { quote } from '../shown.ts';
import { type AccessDependencies, createModelAccess, type ModelAccess } from './model-access.ts';

/** The models of the service, in the order of the setting `MODELS`. */
export interface Models {
  /** Answers requests that choose no model. */
  readonly default: ModelAccess;
  readonly all: readonly ModelAccess[];
  /**
   * Finds a model by its name, or by its name and version. Of several versions, a name alone finds the first.
   *
   * @param choice `NAME` or `NAME@VERSION`; undefined for the default.
   * @throws ServiceError `model_not_found`
   */
  find(choice: string | undefined): Promise<ModelAccess>;
  /** The models that have a manifest, in order. */
  identified(): Promise<readonly IdentifiedModel[]>;
  /**
   * @throws NoBundleError for a folder without a bundle; BundleError if two models have the same name and version, so
   *   that no request could choose the second.
   */
  requireDistinct(): Promise<void>;
}

export interface IdentifiedModel {
  readonly identity: ModelIdentity;
  readonly access: ModelAccess;
}

/** How errors and answers show a model, and how requests choose it. */
export const modelChoice = ({ name, version }: ModelIdentity): string => `${name}@${version}`;

export function createModels(
  [first, ...others]: readonly [ModelSource, ...ModelSource[]],
  dependencies: AccessDependencies,
): Models {
  const usual = createModelAccess(first, dependencies);
  const all = [usual, ...others.map((source) => createModelAccess(source, dependencies))];

  async function identified(): Promise<readonly IdentifiedModel[]> {
    const found: IdentifiedModel[] = [];
    for (const access of all) {
      // A folder without a bundle stops the start.
      const identity = await access.identify().catch(() => undefined);
      if (identity) found.push({ identity, access });
    }
    return found;
  }

  return {
    default: usual,
    all,
    identified,
    async find(choice) {
      if (choice === undefined) return usual;
      const known = await identified();
      const match = known.find(
        ({ identity }) => identity.name === choice || modelChoice(identity) === choice,
      );
      if (match) return match.access;
      const choices = known.map(({ identity }) => modelChoice(identity));
      throw new ServiceError(
        'model_not_found',
        `Expected one of the models ${choices.join(', ')}, got ${quote(choice)}.`,
      );
    },
    async requireDistinct() {
      const identities = await Promise.all(all.map((access) => access.identify()));
      const choices = identities.map(modelChoice);
      const twice = choices.find((choice, position) => choices.indexOf(choice) !== position);
      if (twice !== undefined) {
        throw new BundleError(`MODELS: expected each name and version of a model once, got ${twice} twice`);
      }
    },
  };
}
