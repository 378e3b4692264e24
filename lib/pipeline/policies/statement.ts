import { Aws, Fn, Token } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';

type Conditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** @param resources ARNs, or `*` for actions that take no resource (AWS service authorization reference). */
export function allow(
  actions: readonly string[],
  resources: string | readonly string[],
  conditions?: Conditions,
): PolicyStatement {
  return statement(Effect.ALLOW, actions, resources, conditions);
}

export function deny(
  actions: readonly string[],
  resources: string | readonly string[],
  conditions?: Conditions,
): PolicyStatement {
  return statement(Effect.DENY, actions, resources, conditions);
}

function statement(
  effect: Effect,
  actions: readonly string[],
  resources: string | readonly string[],
  conditions: Conditions = {},
): PolicyStatement {
  return new PolicyStatement({
    effect,
    actions: [...actions],
    resources: [resources].flat().map(short),
    conditions,
  });
}

const PSEUDO_PARAMETERS: readonly (readonly [string, string])[] = [
  [Aws.PARTITION, 'AWS::Partition'],
  [Aws.REGION, 'AWS::Region'],
  [Aws.ACCOUNT_ID, 'AWS::AccountId'],
];

/**
 * An ARN as one text with `${AWS::Region}`. CDK writes a list of parts instead, and a template that is deployed without a
 * bootstrap may have 51,200 bytes.
 */
function short(arn: string): string {
  if (!Token.isUnresolved(arn)) return arn;
  const text = PSEUDO_PARAMETERS.reduce((sum, [token, name]) => sum.replaceAll(token, `\${${name}}`), arn);
  return Fn.sub(text);
}
