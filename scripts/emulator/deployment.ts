import { readFile } from 'node:fs/promises';
import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { writeFileAtomically } from '../lib/files.ts';
import { clientOf } from './account.ts';
import type { Outputs } from './cdk.ts';
import { DEPLOYMENT_FILE } from './paths.ts';

/** What runs in the emulator, as its clients need it. */
export interface Deployment {
  /** `127.0.0.1:PORT` of the emulator. */
  readonly address: string;
  /** Of the REST API's stage, without a slash at its end. */
  readonly apiUrl: string;
  /** For the header `x-api-key`. */
  readonly apiKey: string;
  readonly outputs: Outputs;
}

/** Asks the emulator for what the stack's outputs only point to, and keeps it all for the tests. */
export async function describeDeployment(address: string, outputs: Outputs): Promise<Deployment> {
  const { hostname, pathname } = new URL(output(outputs, 'ApiUrl'));
  // The API's own host name exists on AWS only; under this path the emulator serves the same.
  const apiUrl = `http://${address}/_aws/execute-api/${hostname.split('.')[0]}/${pathname.split('/')[1]}`;
  const { value: apiKey } = await new APIGatewayClient(clientOf(address)).send(
    new GetApiKeyCommand({ apiKey: output(outputs, 'ApiKeyId'), includeValue: true }),
  );
  if (apiKey === undefined) throw new Error('Expected a value of the API key ApiKeyId, got none');
  const deployment: Deployment = { address, apiUrl, apiKey, outputs };
  await writeFileAtomically(DEPLOYMENT_FILE, JSON.stringify(deployment, null, 2));
  return deployment;
}

/** @throws where nothing is deployed. */
export async function readDeployment(): Promise<Deployment> {
  try {
    return JSON.parse(await readFile(DEPLOYMENT_FILE, 'utf8'));
  } catch (cause) {
    throw new Error('Expected a deployment in the emulator: start one with npm run emulator -- up', {
      cause,
    });
  }
}

/** @throws where the stack has no output of that name. */
export function output(outputs: Outputs, name: string): string {
  const value = outputs[name];
  if (value === undefined)
    throw new Error(`Expected an output ${name} of the stack, got ${Object.keys(outputs)}`);
  return value;
}
