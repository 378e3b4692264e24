import { fileURLToPath } from 'node:url';
import { Arn, Stack } from 'aws-cdk-lib';
import { type IRepository, Repository } from 'aws-cdk-lib/aws-ecr';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Architecture, DockerImageCode } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { ImageReference } from '../image-reference.ts';
import type { Settings } from '../settings.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** The names of each architecture in Lambda and in container images. */
const ARCHITECTURES = {
  x86_64: { architecture: Architecture.X86_64, platform: Platform.LINUX_AMD64 },
  arm64: { architecture: Architecture.ARM_64, platform: Platform.LINUX_ARM64 },
} as const;

export interface ServiceImageProps extends Pick<Settings, 'architecture' | 'models'> {
  /**
   * An image that was built before, with these models and for this architecture.
   * @default it is built from the files of this repository
   */
  readonly published?: ImageReference | undefined;
}

/** Where an image is in ECR. */
interface Located {
  readonly repository: IRepository;
  readonly uri: string;
  readonly tagOrDigest: string;
}

/** The container image of the service. Every function runs it, each with its own command. */
export class ServiceImage extends Construct {
  readonly architecture: Architecture;
  /** The address that Lambda pulls the image from. */
  readonly uri: string;
  /**
   * `sha256:…`, the digest of a published image. Of an image that is built here, which has no digest yet:
   * SHA-256 of the files and the build arguments. It is the image's tag in ECR, where tags are immutable.
   */
  readonly digest: string;
  readonly #repository: IRepository;

  constructor(scope: Construct, id: string, props: ServiceImageProps) {
    super(scope, id);
    this.architecture = ARCHITECTURES[props.architecture].architecture;
    const { repository, uri, tagOrDigest } = props.published
      ? published(this, props.published)
      : built(this, props);
    this.#repository = repository;
    this.uri = uri;
    this.digest = tagOrDigest;
  }

  /** @param handler such as `index.handler` */
  code(handler: string): DockerImageCode {
    return DockerImageCode.fromEcr(this.#repository, { tagOrDigest: this.digest, cmd: [handler] });
  }
}

function built(scope: Construct, { architecture, models }: ServiceImageProps): Located {
  const [model, ...otherModels] = models;
  const asset = new DockerImageAsset(scope, 'Asset', {
    directory: REPOSITORY,
    platform: ARCHITECTURES[architecture].platform,
    buildArgs: { MODEL: model, OTHER_MODELS: otherModels.join() },
  });
  return { repository: asset.repository, uri: asset.imageUri, tagOrDigest: asset.imageTag };
}

function published(scope: Construct, { account, region, repository: name, digest }: ImageReference): Located {
  const repository = Repository.fromRepositoryAttributes(scope, 'Published', {
    repositoryName: name,
    repositoryArn: Arn.format(
      { service: 'ecr', resource: 'repository', resourceName: name, account, region },
      Stack.of(scope),
    ),
  });
  return { repository, uri: repository.repositoryUriForDigest(digest), tagOrDigest: digest };
}
