import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  DeleteUsagePlanCommand,
} from '@aws-sdk/client-api-gateway';
import { inject } from 'vitest';
import { client } from '../support.ts';

const gateway = new APIGatewayClient(client);

export interface Key extends AsyncDisposable {
  readonly value: string;
}

/** An API key with limits of its own: no test has to wait for them, and none uses up those of another. */
export async function createKey(): Promise<Key> {
  const [, , , apiId, stage] = new URL(inject('deployment').apiUrl).pathname.split('/');
  const { id: keyId = '', value = '' } = await gateway.send(
    new CreateApiKeyCommand({ name: crypto.randomUUID(), enabled: true }),
  );
  const { id: usagePlanId } = await gateway.send(
    new CreateUsagePlanCommand({
      name: crypto.randomUUID(),
      apiStages: [{ apiId, stage }],
      throttle: { rateLimit: 1000, burstLimit: 1000 },
    }),
  );
  await gateway.send(new CreateUsagePlanKeyCommand({ usagePlanId, keyId, keyType: 'API_KEY' }));
  return {
    value,
    async [Symbol.asyncDispose]() {
      await gateway.send(new DeleteApiKeyCommand({ apiKey: keyId }));
      await gateway.send(new DeleteUsagePlanCommand({ usagePlanId }));
    },
  };
}
