import {
  Aws,
  type CfnCodeDeployLambdaAliasUpdate,
  CfnCondition,
  CfnOutput,
  CfnParameter,
  type CfnResource,
  Fn,
  Lazy,
  Stack,
} from 'aws-cdk-lib';
import type { CfnAlias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { ROLLED_BACK_TO } from '../rollback-parameter.ts';
import type { ClassifierFunction } from './classifier-function.ts';

/** The length of the hash at the end of a version's logical id: aws-cdk-lib/aws-lambda, `currentVersion`. */
const HASH_LENGTH = 32;

/**
 * A parameter of the CloudFormation stack that names an older version for the alias. `npm run rollback` sets
 * it. CloudFormation then moves the alias itself, at once and without CodeDeploy, and still knows where it is:
 * docs/adr/0021.
 *
 * A template with a new version has another parameter, so a rollback ends with the next change of the code.
 */
export class RollbackParameter extends Construct {
  /** Create it last: it wraps the update policy of the alias. */
  constructor(
    scope: Construct,
    id: string,
    { version, alias }: Pick<ClassifierFunction, 'version' | 'alias'>,
  ) {
    super(scope, id);
    const stack = Stack.of(this);
    const { logicalId } = version.node.defaultChild as CfnResource;
    const parameter = new CfnParameter(this, 'Version', {
      description:
        'An older version for the alias. npm run rollback sets it. Empty: the version of the template',
      default: '',
      allowedPattern: '[0-9]*',
      constraintDescription: 'expected the number of a version',
    });
    parameter.overrideLogicalId(
      Lazy.uncachedString({
        produce: () => `${ROLLED_BACK_TO}${stack.resolve(logicalId).slice(-HASH_LENGTH)}`,
      }),
    );
    const isRolledBack = new CfnCondition(this, 'IsRolledBack', {
      expression: Fn.conditionNot(Fn.conditionEquals(parameter.valueAsString, '')),
    }).logicalId;
    const live = Fn.conditionIf(isRolledBack, parameter.valueAsString, version.version).toString();

    const resource = alias.node.defaultChild as CfnAlias;
    resource.functionVersion = live;
    const shift = resource.cfnOptions.updatePolicy?.codeDeployLambdaAliasUpdate;
    if (shift) {
      // The type does not know that CloudFormation accepts conditions here.
      const unlessRolledBack = Fn.conditionIf(isRolledBack, Aws.NO_VALUE, shift) as unknown;
      resource.cfnOptions.updatePolicy = {
        codeDeployLambdaAliasUpdate: unlessRolledBack as CfnCodeDeployLambdaAliasUpdate,
      };
    }
    new CfnOutput(this, 'LiveVersion', { value: live }).overrideLogicalId('LiveVersion');
  }
}
