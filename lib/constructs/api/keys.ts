import { Stack } from 'aws-cdk-lib';
import { ApiKey, type Method, Period, type RestApi, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { Limits } from '../../settings/concurrency.ts';
import type { Settings } from '../../settings.ts';

export interface ApiKeysProps {
  readonly api: RestApi;
  readonly limits: Exclude<Settings['apiKeys'], 'off'>;
  /** Methods that occupy an execution environment for long, and what one key gets of each. */
  readonly slow: { readonly methods: readonly Method[]; readonly limits: Limits };
}

const throttleOf = ({ ratePerSecond, burst }: Limits) => ({ rateLimit: ratePerSecond, burstLimit: burst });

/** A usage plan and its first key. The limits apply to each key separately. AWS generates the key's value. */
export class ApiKeys extends Construct {
  readonly key: ApiKey;

  constructor(scope: Construct, id: string, { api, limits, slow }: ApiKeysProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const plan = new UsagePlan(this, 'Plan', {
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
    this.key = new ApiKey(this, 'Key', { description: `The first key of ${stackName}` });
    plan.addApiKey(this.key);
  }
}
