import { readFile } from 'node:fs/promises';
import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { writeFileAtomically } from '../lib/system/files.ts';
import { clientOf } from './account.ts';
import type { Outputs } from './cdk.ts';
import { DEPLOYMENT_FILE } from './paths.ts';

/** How clients reach what runs in the emulator. */
export interface EmulatedDeployment {
  /** `127.0.0.1:PORT` of the emulator. */
  readonly address: string;
  /** URL of the REST API's stage, without a final slash. */
  readonly apiUrl: string;
  /** Value of the header `x-api-key`. */
  readonly apiKey: string;
  readonly outputs: Outputs;
  /** What else a command for AWS needs in its environment, to find the emulator under AWS's host names. */
  readonly hosts: NodeJS.ProcessEnv;
}

/**
 * Looks up what the outputs of the CloudFormation stack refer to, and writes it all to a file for the tests.
 */
export async function describeDeployment(
  address: string,
  hosts: NodeJS.ProcessEnv,
  outputs: Outputs,
): Promise<EmulatedDeployment> {
  const { hostname, pathname } = new URL(output(outputs, 'ApiUrl'));
  // The API's own host name exists only on AWS. The emulator serves the API under this path.
  const apiUrl = `http://${address}/_aws/execute-api/${hostname.split('.')[0]}/${pathname.split('/')[1]}`;
  const { value: apiKey } = await new APIGatewayClient(clientOf(address)).send(
    new GetApiKeyCommand({ apiKey: output(outputs, 'ApiKeyId'), includeValue: true }),
  );
  if (apiKey === undefined) throw new Error('Expected the API key ApiKeyId to have a value, got none');
  const deployment: EmulatedDeployment = { address, apiUrl, apiKey, outputs, hosts };
  await writeFileAtomically(DEPLOYMENT_FILE, JSON.stringify(deployment, null, 2));
  return deployment;
}

/** @throws Error if nothing is deployed. */
export async function readDeployment(): Promise<EmulatedDeployment> {
  try {
    return JSON.parse(await readFile(DEPLOYMENT_FILE, 'utf8'));
  } catch (cause) {
    throw new Error(
      'Expected a deployment in the emulator, got none; start one with npm run emulator -- up',
      {
        cause,
      },
    );
  }
}

/** @throws Error if the CloudFormation stack has no output of that name. */
export function output(outputs: Outputs, name: string): string {
  const value = outputs[name];
  if (value === undefined)
    throw new Error(
      `Expected an output ${name} of the CloudFormation stack, got ${Object.keys(outputs).join(', ')}`,
    );
  return value;
}
