import { type CfnElement, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { DockerImageFunction, Version } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ImageFunction, type ImageFunctionProps } from '../image-function.ts';

export type VersionedFunctionProps = Omit<ImageFunctionProps, 'overrides'> & {
  /** @default none */
  readonly reservedConcurrency?: number;
};

/** A function that a state machine invokes by version, so that a job sees one version from start to end. */
export class VersionedFunction extends Construct {
  readonly function: DockerImageFunction;
  readonly version: Version;
  readonly role: ImageFunction['role'];
  /** The logical id, as cdk-nag writes it. */
  readonly id: string;

  constructor(scope: Construct, id: string, { reservedConcurrency, ...props }: VersionedFunctionProps) {
    super(scope, id);
    const created = new ImageFunction(this, 'Image', {
      ...props,
      overrides: {
        // As in ../classifier-function.ts: executions that still run need the version that they began with.
        currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
        ...(reservedConcurrency === undefined ? {} : { reservedConcurrentExecutions: reservedConcurrency }),
      },
    });
    this.function = created.function;
    this.role = created.role;
    this.version = created.function.currentVersion;
    this.id = Stack.of(this).getLogicalId(created.function.node.defaultChild as CfnElement);
  }
}
