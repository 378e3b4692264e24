import { Stack, Tags } from 'aws-cdk-lib';
import { ApiKey, type Method, Period, type RestApi, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { AuthOf } from '../../settings/auth.ts';
import type { Limits } from '../../settings/concurrency.ts';

export interface ApiKeysProps {
  readonly api: RestApi;
  readonly limits: AuthOf<'api-key'>;
  /** Methods that occupy an execution environment for long, and what one key gets of each. */
  readonly slow: { readonly methods: readonly Method[]; readonly limits: Limits };
}

const throttleOf = ({ ratePerSecond, burst }: Limits) => ({ rateLimit: ratePerSecond, burstLimit: burst });

/**
 * A usage plan and the stage's own key. The limits apply to each key separately. AWS generates the key's
 * value.
 */
export class ApiKeys extends Construct {
  readonly key: ApiKey;
  readonly plan: UsagePlan;

  constructor(scope: Construct, id: string, { api, limits, slow }: ApiKeysProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    this.plan = new UsagePlan(this, 'Plan', {
      name: stackName,
      throttle: throttleOf(limits),
      ...(limits.requestsPerDay === 'off'
        ? {}
        : { quota: { limit: limits.requestsPerDay, period: Period.DAY } }),
      apiStages: [
        {
          stage: api.deploymentStage,
          throttle: slow.methods.map((method) => ({ method, throttle: throttleOf(slow.limits) })),
        },
      ],
    });
    // restApi.addApiKey() would set StageKeys, which usage plans have replaced.
    // A new logical id makes CloudFormation create the new key before it deletes the old one.
    const { generation } = limits;
    this.key = new ApiKey(this, generation === 1 ? 'Key' : `Key${generation}`, {
      description: `The own key of ${stackName}, for its smoke test`,
    });
    // The only kind of key that the CI role may read: lib/pipeline/policies/ci.ts. Keys of callers lack this
    // tag.
    Tags.of(this.key).add('purpose', 'smoke-test');
    this.plan.addApiKey(this.key);
  }
}
