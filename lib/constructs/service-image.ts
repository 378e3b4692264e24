import { fileURLToPath } from 'node:url';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { Architecture, DockerImageCode } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** What the two names of an architecture are in a Lambda function and in a container image. */
const ARCHITECTURES = {
  x86_64: { architecture: Architecture.X86_64, platform: Platform.LINUX_AMD64 },
  arm64: { architecture: Architecture.ARM_64, platform: Platform.LINUX_ARM64 },
} as const;

export interface ServiceImageProps {
  readonly architecture: Settings['architecture'];
}

/** The one image of this repository, which every function runs with a command of its own. */
export class ServiceImage extends Construct {
  readonly architecture: Architecture;
  /** Where Lambda pulls it from. */
  readonly uri: string;
  /** SHA-256 of what the image is built from; its tag in ECR, where tags do not move. */
  readonly digest: string;
  readonly #asset: DockerImageAsset;

  constructor(scope: Construct, id: string, props: ServiceImageProps) {
    super(scope, id);
    const { architecture, platform } = ARCHITECTURES[props.architecture];
    this.architecture = architecture;
    this.#asset = new DockerImageAsset(this, 'Asset', { directory: REPOSITORY, platform });
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
