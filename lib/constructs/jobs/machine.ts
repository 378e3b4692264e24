import { type Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { DefinitionBody, type IChainable, LogLevel, StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';
import { logLifetime } from '../log-lifetime.ts';
import type { VersionedFunction } from './versioned-function.ts';

export interface MachineProps {
  /** After the name of the CloudFormation stack. It is fixed, so that a function can know the ARN of its caller. */
  readonly name: string;
  readonly start: IChainable;
  readonly timeout: Duration;
  /** Those that the definition invokes. */
  readonly invokes: readonly VersionedFunction[];
  readonly settings: Pick<Settings, 'logRetentionDays' | 'removalPolicy' | 'tracing'>;
}

/** A standard state machine with a log. Its role may invoke the functions that it names, in every version. */
export class Machine extends Construct {
  readonly machine: StateMachine;
  readonly role: Role;

  constructor(scope: Construct, id: string, { name, start, timeout, invokes, settings }: MachineProps) {
    super(scope, id);
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    const log = new LogGroup(this, 'Log', logLifetime(settings));
    this.machine = new StateMachine(this, 'Resource', {
      stateMachineName: machineName(this, name),
      definitionBody: DefinitionBody.fromChainable(start),
      timeout,
      role: this.role,
      // The input of a webhook is an id. Inputs of a worker are ranges of numbers. Neither says more than the states.
      logs: { destination: log, level: LogLevel.ALL, includeExecutionData: false },
      tracingEnabled: settings.tracing,
    });
    for (const { function: invoked, id: invokedId } of invokes) {
      // A job that runs during a deployment goes on with the version that it began with.
      const versions = `${invoked.functionArn}:*`;
      this.role.addToPolicy(
        new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [versions] }),
      );
      Validations.of(this.role).acknowledge({
        id: `AwsSolutions-IAM5[Resource::<${invokedId}.Arn>:*]`,
        reason: 'Jobs that run during a deployment go on with an older version of the function.',
      });
    }
    Validations.of(this.role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'The deliveries of logs, and the actions of X-Ray, have no resource-level permissions.',
    });
    if (!settings.tracing) {
      Validations.of(this.machine).acknowledge({
        id: 'AwsSolutions-SF2',
        reason: 'The settings of the stage switch tracing off.',
      });
    }
  }
}

const machineName = (scope: Construct, name: string): string => `${Stack.of(scope).stackName}-${name}`;

/** The ARN of a machine, without a reference to it. */
export function machineArn(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: `stateMachine:${machineName(scope, name)}`,
  });
}

/** The ARNs of a machine's executions. */
export function executionArns(scope: Construct, name: string): string {
  return Stack.of(scope).formatArn({
    service: 'states',
    resource: `execution:${machineName(scope, name)}:*`,
  });
}
