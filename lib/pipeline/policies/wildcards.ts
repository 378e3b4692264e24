import { Stack, Validations } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';

const REASON =
  'Wildcards cover generated name endings, all actions on the stage’s own resources, and actions that take no resource. The tests in test/cdk/pipeline evaluate the policies.';

/** Acknowledges every wildcard: cdk-nag reports each action and each resource as a finding of its own. */
export function acknowledgeWildcards(scope: IConstruct, statements: readonly PolicyStatement[]): void {
  const stack = Stack.of(scope);
  const allowed = statements.filter(({ effect }) => effect === 'Allow');
  const findings = new Set([
    ...allowed.flatMap(({ actions }) => actions).map((action) => `Action::${action}`),
    ...allowed.flatMap(({ resources }) => resources).map((arn) => `Resource::${flat(stack.resolve(arn))}`),
  ]);
  for (const finding of findings) {
    if (!finding.includes('*')) continue;
    Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[${finding}]`, reason: REASON });
  }
}

/** An ARN with pseudo parameters as cdk-nag writes it: `arn:<AWS::Partition>:lambda:…`. */
function flat(value: unknown): string {
  const text = typeof value === 'string' ? value : (value as { readonly 'Fn::Sub': string })['Fn::Sub'];
  return text.replaceAll(/\$\{([^}]+)\}/g, '<$1>');
}
