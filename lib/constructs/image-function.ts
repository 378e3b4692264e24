import { Annotations, Duration, Validations } from 'aws-cdk-lib';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  DockerImageFunction,
  type DockerImageFunctionProps,
  RecursiveLoop,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Settings } from '../settings.ts';
import { logLifetime } from './log-lifetime.ts';
import type { ServiceImage } from './service-image.ts';

export interface ImageFunctionProps {
  readonly image: ServiceImage;
  /** The command of the image, such as `index.handler`. */
  readonly handler: string;
  readonly description: string;
  readonly memoryMiB: number;
  readonly timeoutSeconds: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly settings: Pick<Settings, 'logRetentionDays' | 'removalPolicy' | 'tracing' | 'vpc'>;
  /** @default none */
  readonly overrides?: Pick<
    DockerImageFunctionProps,
    'currentVersionOptions' | 'reservedConcurrentExecutions' | 'snapStart'
  >;
}

/**
 * A function that runs the service's image. Its role may only write to its own log group; what else a function
 * may do is added to its role.
 */
export class ImageFunction extends Construct {
  readonly function: DockerImageFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ImageFunctionProps) {
    super(scope, id);
    const { image, settings } = props;
    this.logGroup = new LogGroup(this, 'Log', logLifetime(settings));
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.role = role;
    this.logGroup.grantWrite(role);
    this.function = new DockerImageFunction(this, 'Function', {
      code: image.code(props.handler),
      architecture: image.architecture,
      description: props.description,
      memorySize: props.memoryMiB,
      timeout: Duration.seconds(props.timeoutSeconds),
      environment: props.environment,
      logGroup: this.logGroup,
      role,
      // No function here calls itself, so Lambda should stop any loop.
      recursiveLoop: RecursiveLoop.TERMINATE,
      tracing: settings.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      ...network(this, settings.vpc),
      ...props.overrides,
    });
    if (settings.tracing) acknowledge(role, 'X-Ray actions do not support resource-level permissions.');
    if (settings.vpc !== 'off') {
      role.addToPolicy(
        new PolicyStatement({
          actions: [
            'ec2:CreateNetworkInterface',
            'ec2:DescribeNetworkInterfaces',
            'ec2:DescribeSubnets',
            'ec2:DeleteNetworkInterface',
            'ec2:AssignPrivateIpAddresses',
            'ec2:UnassignPrivateIpAddresses',
          ],
          resources: ['*'],
        }),
      );
      acknowledge(
        role,
        'Lambda creates the network interfaces of a function in a VPC, so their names are not known in advance.',
      );
    }
  }
}

function acknowledge(role: Role, reason: string): void {
  Validations.of(role).acknowledge({ id: 'AwsSolutions-IAM5[Resource::*]', reason });
}

function network(scope: Construct, vpc: Settings['vpc']): Pick<DockerImageFunctionProps, 'vpc'> {
  if (vpc === 'off') return {};
  // The route tables are not needed, because no route is added here.
  Annotations.of(scope).acknowledgeWarning('@aws-cdk/aws-ec2:noSubnetRouteTableId');
  return {
    vpc: Vpc.fromVpcAttributes(scope, 'Vpc', {
      vpcId: vpc.vpcId,
      availabilityZones: vpc.availabilityZones,
      privateSubnetIds: vpc.privateSubnetIds,
    }),
  };
}
