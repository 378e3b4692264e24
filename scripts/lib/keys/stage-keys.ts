import {
  type APIGatewayClient,
  GetApiKeyCommand,
  paginateGetUsagePlanKeys,
} from '@aws-sdk/client-api-gateway';
import type { StageName } from '../../../lib/stages.ts';
import type { StackOutputs } from '../aws/stack-outputs.ts';

/** Where the keys of a stage are. */
export interface StageKeys {
  readonly gateway: APIGatewayClient;
  readonly stage: StageName;
  readonly usagePlanId: string;
  /** The key that CloudFormation created. The smoke test uses it. */
  readonly ownKeyId: string;
}

export interface KeyName {
  readonly id: string;
  readonly name: string;
}

export interface Key extends KeyName {
  readonly isEnabled: boolean;
  readonly created: Date | undefined;
  readonly changed: Date | undefined;
}

/**
 * @throws Error if the stage has no keys, or was deployed before its stack had an output for its usage plan.
 */
export function stageKeysOf(
  gateway: APIGatewayClient,
  stage: StageName,
  { apiKeyId, auth, stack, usagePlanId }: StackOutputs,
): StageKeys {
  if (auth !== 'api-key') {
    throw new Error(`${stack.name} has no API keys: its setting auth is ${auth}`);
  }
  if (apiKeyId === undefined || usagePlanId === undefined) {
    throw new Error(
      `${stack.name}: expected the outputs ApiKeyId and UsagePlanId, got others: deploy the stage again`,
    );
  }
  return { gateway, stage, usagePlanId, ownKeyId: apiKeyId };
}

/** The keys of the usage plan. AWS answers with their values too, which stay here. */
export async function readNames({ gateway, usagePlanId }: StageKeys): Promise<KeyName[]> {
  const names: KeyName[] = [];
  for await (const { items = [] } of paginateGetUsagePlanKeys(
    { client: gateway, pageSize: 500 },
    { usagePlanId },
  )) {
    for (const { id = '', name = '' } of items) names.push({ id, name: printable(name) });
  }
  return names;
}

/**
 * API Gateway allows any characters in a name. Those that move the cursor or turn the direction of text could make
 * a key look like another one, or change the question before a key is deleted.
 */
const printable = (name: string): string => name.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');

/** What is known of a key, without its value. */
export async function readKey({ gateway }: StageKeys, { id, name }: KeyName): Promise<Key> {
  const key = await gateway.send(new GetApiKeyCommand({ apiKey: id }));
  return {
    id,
    name,
    isEnabled: key.enabled ?? false,
    created: key.createdDate,
    changed: key.lastUpdatedDate,
  };
}

export async function readValue({ gateway }: StageKeys, { id, name }: KeyName): Promise<string> {
  const { value } = await gateway.send(new GetApiKeyCommand({ apiKey: id, includeValue: true }));
  if (value === undefined) throw new Error(`${name}: expected the value of the key ${id}, got none`);
  return value;
}

/**
 * The key with an id or a name.
 *
 * @throws Error with the names of all keys if there is none, or with the ids if several have the name.
 */
export function findKey(keys: readonly KeyName[], wanted: string): KeyName {
  const byId = keys.find(({ id }) => id === wanted);
  if (byId) return byId;
  const [found, ...more] = keys.filter(({ name }) => name === wanted);
  if (found === undefined) {
    const known = keys.map(({ name }) => name).sort();
    throw new Error(
      `expected the name or the id of a key of this stage (${known.join(', ') || 'there are none'}), got ${wanted}`,
    );
  }
  if (more.length > 0) {
    const ids = [found, ...more].map(({ id }) => id);
    throw new Error(`${ids.length} keys have the name ${wanted}: choose one by its id, ${ids.join(' or ')}`);
  }
  return found;
}
