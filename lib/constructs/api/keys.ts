import { Stack } from 'aws-cdk-lib';
import { ApiKey, Period, type RestApi, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';

export interface ApiKeysProps {
  readonly api: RestApi;
  readonly limits: Exclude<Settings['apiKeys'], 'off'>;
}

/** A usage plan and its first key. The limits apply to each key separately. AWS generates the key's value. */
export class ApiKeys extends Construct {
  readonly key: ApiKey;

  constructor(scope: Construct, id: string, { api, limits }: ApiKeysProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    const plan = new UsagePlan(this, 'Plan', {
      name: stackName,
      throttle: { rateLimit: limits.ratePerSecond, burstLimit: limits.burst },
      ...(limits.requestsPerDay === 'off'
        ? {}
        : { quota: { limit: limits.requestsPerDay, period: Period.DAY } }),
      apiStages: [{ stage: api.deploymentStage }],
    });
    // restApi.addApiKey() would set StageKeys, which usage plans have replaced.
    this.key = new ApiKey(this, 'Key', { description: `The first key of ${stackName}` });
    plan.addApiKey(this.key);
  }
}
