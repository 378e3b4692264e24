import { GetFunctionConfigurationCommand, LambdaClient, paginateListFunctions } from '@aws-sdk/client-lambda';
import { inject } from 'vitest';
import { containersOf } from '../../../scripts/emulator/ministack.ts';
import { docker } from '../../../scripts/lib/docker/docker.ts';
import { client } from '../support.ts';

const { address: emulator } = inject('deployment');
const lambda = new LambdaClient(client);

/** The name of the function whose image starts with a handler. */
export async function functionOf(handler: string): Promise<string> {
  for await (const { Functions = [] } of paginateListFunctions({ client: lambda }, {})) {
    for (const { FunctionName = '' } of Functions) {
      const { ImageConfigResponse } = await lambda.send(
        new GetFunctionConfigurationCommand({ FunctionName }),
      );
      if (ImageConfigResponse?.ImageConfig?.Command?.includes(handler)) return FunctionName;
    }
  }
  throw new Error(`Expected a function with the handler ${handler}, got none`);
}

interface Worker {
  readonly id: string;
  /** In the network of the containers. */
  readonly address: string;
}

/** The running containers of a function. */
export async function workersOf(functionName: string): Promise<readonly Worker[]> {
  const ids = await containersOf(emulator);
  if (ids.length === 0) return [];
  const containers = JSON.parse(await docker('inspect', ...ids)) as readonly {
    readonly Id: string;
    readonly Config: { readonly Env: readonly string[] };
    readonly NetworkSettings: { readonly IPAddress: string };
  }[];
  return containers
    .filter(({ Config }) => Config.Env.includes(`AWS_LAMBDA_FUNCTION_NAME=${functionName}`))
    .map(({ Id, NetworkSettings }) => ({ id: Id, address: NetworkSettings.IPAddress }));
}

/** Ends a container as Lambda ends an execution environment that runs out of memory. */
export const kill = async ({ id }: Worker): Promise<void> => {
  await docker('kill', id);
};
