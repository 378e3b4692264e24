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
  return new PolicyStatement({ effect, actions: [...actions], resources: [resources].flat(), conditions });
}
