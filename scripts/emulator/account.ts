import { join } from 'node:path';
import { HERE, PUSHED_IMAGES } from './paths.ts';

export const REGION = 'us-east-1';
/** MiniStack maps these to account 000000000000. */
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/**
 * The configuration of an AWS SDK client.
 *
 * @param address `127.0.0.1:PORT` of the emulator
 */
export const clientOf = (address: string) => ({ endpoint: `http://${address}`, region: REGION, credentials });

/** The variables of a command that talks to the emulator. */
const variablesOf = (address: string) => ({
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_ENDPOINT_URL: `http://${address}`,
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  CDK_DOCKER: join(HERE, 'docker.sh'),
  CDK_DISABLE_CLI_TELEMETRY: 'true',
  CDK_DISABLE_VERSION_CHECK: 'true',
  EMULATOR_REGISTRY: address,
  EMULATOR_IMAGES: PUSHED_IMAGES,
  NO_PROXY: '127.0.0.1',
});

/**
 * The environment of a command that talks to the emulator: this process's environment without AWS variables.
 * Nothing may reach a real account, not even through a profile or session that happens to be set.
 *
 * @param address `127.0.0.1:PORT` of the emulator
 */
export function environmentOf(address: string): NodeJS.ProcessEnv {
  const others = Object.entries(process.env).filter(([name]) => !/^(AWS|CDK)_/.test(name));
  return { ...Object.fromEntries(others), ...variablesOf(address) };
}

/** The same for a shell, as the lines of a file that it reads. */
export function shellEnvironment(address: string, more: NodeJS.ProcessEnv): string {
  const variables = Object.entries({ ...variablesOf(address), ...more });
  const lines = variables.map(([name, value]) => `export ${name}='${value}'`);
  return ['unset AWS_PROFILE AWS_SESSION_TOKEN', ...lines, ''].join('\n');
}
