import { Stack } from 'aws-cdk-lib';
import { ApiKey, Period, type RestApi, UsagePlan } from 'aws-cdk-lib/aws-apigateway';
import { Construct } from 'constructs';
import type { Settings } from '../../settings.ts';

export interface ApiKeysProps {
  readonly api: RestApi;
  readonly limits: Exclude<Settings['apiKeys'], 'off'>;
}

/** A usage plan, whose limits hold for each key of its own, and its first key. AWS makes up the key's value. */
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
    // Not by the API's own method: it sets StageKeys, which usage plans replaced.
    this.key = new ApiKey(this, 'Key', { description: `The first key of ${stackName}` });
    plan.addApiKey(this.key);
  }
}
