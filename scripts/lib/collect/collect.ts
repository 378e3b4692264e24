import { DeleteFunctionCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { StageName } from '../../../lib/stages.ts';
import { startActivity } from '../command/activity.ts';
import { decideImages, type StoredImage } from './images.ts';
import { deleteImages, imagesOf, listImages, type Repository, type Target } from './repository.ts';
import { readFunctions, type StageClients } from './snapshot.ts';
import { type Decided, decideVersions, type Retention, type Version } from './versions.ts';

/** Everything of a stage, and what needs it. What nothing needs is to be deleted. */
export interface Plan {
  readonly functions: readonly { readonly name: string; readonly versions: readonly Decided<Version>[] }[];
  /** Undefined if the stage has no repository of its own. */
  readonly images: readonly Decided<StoredImage>[] | undefined;
}

export interface Collection {
  readonly clients: StageClients;
  readonly stage: StageName;
  /** The repository that only this stage uses. Undefined if there is none: others may need the images. */
  readonly repository: Repository | undefined;
  readonly retention: Retention;
  readonly now: Date;
}

/** Reads everything and decides. Changes nothing. @throws Error if anything cannot be read. */
export async function planCollection(collection: Collection): Promise<Plan> {
  using _shown = startActivity('Reading what is in use');
  const { clients, stage, repository, retention, now } = collection;
  const functions = (await readFunctions(clients, stage)).map((state) => ({
    name: state.name,
    versions: decideVersions(state, retention, now),
  }));
  if (repository === undefined) return { functions, images: undefined };
  const remaining: Target[] = functions.flatMap(({ name, versions }) => [
    { functionName: name, version: undefined },
    ...versions.filter(isKept).map(({ version }) => ({ functionName: name, version })),
  ]);
  // Listed first: an image that is pushed in between is not in the list, and so is kept.
  const stored = await listImages(repository);
  const used = await imagesOf(clients.lambda, remaining);
  return { functions, images: decideImages(stored, used, retention, now) };
}

const isKept = ({ keptBy }: Decided<unknown>): boolean => keptBy !== undefined;

/** What a plan deletes. */
export function deletions({ functions, images = [] }: Plan) {
  return {
    versions: functions.flatMap(({ name, versions }) =>
      versions.filter((version) => !isKept(version)).map(({ version }) => ({ functionName: name, version })),
    ),
    images: images.filter((image) => !isKept(image)),
  };
}

/**
 * Deletes what a plan lists: versions first, so that no version is ever without its image. Then reads everything again,
 * and deletes of the listed images those that are still not needed.
 *
 * @throws the first error. What was not reached is still there, and the next run finds it.
 */
export async function collect(
  collection: Collection,
  plan: Plan,
  say: (line: string) => void,
): Promise<void> {
  const planned = deletions(plan);
  for (const target of planned.versions) {
    await deleteVersion(collection.clients.lambda, target);
    say(`deleted ${target.functionName}:${target.version}`);
  }
  if (collection.repository === undefined || planned.images.length === 0) return;
  const unneeded = new Set(deletions(await planCollection(collection)).images.map(({ digest }) => digest));
  const digests = planned.images.map(({ digest }) => digest).filter((digest) => unneeded.has(digest));
  await deleteImages(collection.repository, digests);
  say(`deleted ${digests.length} images of ${collection.repository.name}`);
}

/** Without a qualifier, Lambda would delete the function. */
async function deleteVersion(
  lambda: LambdaClient,
  { functionName, version }: { readonly functionName: string; readonly version: string },
): Promise<void> {
  if (!/^[1-9]\d*$/.test(version))
    throw new Error(`${functionName}: expected a version, got ${version || 'nothing'}`);
  try {
    await lambda.send(new DeleteFunctionCommand({ FunctionName: functionName, Qualifier: version }));
  } catch (error) {
    // Another collection was faster.
    if ((error as Error).name !== 'ResourceNotFoundException') throw error;
  }
}
