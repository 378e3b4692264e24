import { fileURLToPath } from 'node:url';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Architecture, DockerImageCode } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** The names of each architecture in Lambda and in container images. */
const ARCHITECTURES = {
  x86_64: { architecture: Architecture.X86_64, platform: Platform.LINUX_AMD64 },
  arm64: { architecture: Architecture.ARM_64, platform: Platform.LINUX_ARM64 },
} as const;

export type ServiceImageProps = Pick<Settings, 'architecture' | 'models'>;

/** The container image of this repository. Every function runs it, each with its own command. */
export class ServiceImage extends Construct {
  readonly architecture: Architecture;
  /** The address that Lambda pulls the image from. */
  readonly uri: string;
  /**
   * SHA-256 of the files and the build arguments that the image is built from. It is the image's tag in ECR, where
   * tags are immutable.
   */
  readonly digest: string;
  readonly #asset: DockerImageAsset;

  constructor(scope: Construct, id: string, props: ServiceImageProps) {
    super(scope, id);
    const { architecture, platform } = ARCHITECTURES[props.architecture];
    this.architecture = architecture;
    const [model, ...otherModels] = props.models;
    this.#asset = new DockerImageAsset(this, 'Asset', {
      directory: REPOSITORY,
      platform,
      buildArgs: { MODEL: model, OTHER_MODELS: otherModels.join() },
    });
    this.uri = this.#asset.imageUri;
    this.digest = this.#asset.imageTag;
  }

  /** @param handler such as `index.handler` */
  code(handler: string): DockerImageCode {
    return DockerImageCode.fromEcr(this.#asset.repository, {
      tagOrDigest: this.#asset.imageTag,
      cmd: [handler],
    });
  }
}
