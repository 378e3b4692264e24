import { StageError } from './stages.ts';

/** An image in ECR. Lambda takes images from no other registry. */
export interface ImageReference {
  /** Twelve digits. */
  readonly account: string;
  readonly region: string;
  readonly repository: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest: string;
}

/** What an image has to be so that a stage can run it. A missing value may be anything. */
export interface ExpectedImage {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
  /** The name of the repository of an image in this account and region. */
  readonly repository?: ((image: ImageReference) => string) | undefined;
}

const SHAPE = 'ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY@sha256:DIGEST';
/** docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
const HOST = /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?$/;
/** docs.aws.amazon.com/AmazonECR, CreateRepository, `repositoryName`. */
const REPOSITORY = /^(?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/**
 * The image that the context key `image` names: `-c image=HOST/REPOSITORY@sha256:DIGEST`.
 *
 * @returns undefined if it is not set.
 * @throws StageError that says what was expected and what was given.
 */
export function readImage(image: unknown, expected: ExpectedImage = {}): ImageReference | undefined {
  if (image === undefined) return undefined;
  const reference = parse(image);
  for (const name of ['account', 'region'] as const) {
    const wanted = expected[name];
    if (wanted !== undefined && wanted !== reference[name]) {
      throw new StageError(`image: expected an image in the ${name} ${wanted}, got ${JSON.stringify(image)}`);
    }
  }
  const repository = expected.repository?.(reference);
  if (repository !== undefined && repository !== reference.repository) {
    throw new StageError(
      `image: expected an image in the repository ${repository}, got ${JSON.stringify(image)}`,
    );
  }
  return reference;
}

/** The account and the region in the host of a registry of ECR. @returns undefined for another host. */
export function readEcrHost(host: string): Pick<ImageReference, 'account' | 'region'> | undefined {
  const { account, region } = HOST.exec(host)?.groups ?? {};
  return account === undefined || region === undefined ? undefined : { account, region };
}

function parse(image: unknown): ImageReference {
  const wrong = (expected: string) =>
    new StageError(`image: expected ${expected} in ${SHAPE}, got ${JSON.stringify(image)}`);
  if (typeof image !== 'string') throw wrong('a text');
  const slash = image.indexOf('/');
  const registry = readEcrHost(image.slice(0, Math.max(slash, 0)));
  if (registry === undefined) throw wrong('a registry of ECR');
  const [name = '', ...digests] = image.slice(slash + 1).split('@');
  const digest = digests.join('@');
  const [repository = '', tag] = name.split(':', 2);
  if (!REPOSITORY.test(repository)) throw wrong('the name of a repository');
  if (!DIGEST.test(digest)) throw wrong('a digest, which names one image forever,');
  if (tag !== undefined) throw wrong('a digest without a tag');
  return { ...registry, repository, digest };
}
