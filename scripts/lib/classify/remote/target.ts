import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { readStackOutputs } from '../../aws/stack-outputs.ts';
import { UsageError } from '../../command/usage-error.ts';
import type { Credentials } from '../../credentials/credentials.ts';
import { credentialsOf } from '../../credentials/of-stack.ts';
import { type GivenCredentials, readCredentials, requireCredentials } from '../../credentials/options.ts';

/** A service that has uploads and jobs. */
export interface JobService {
  /** Ends with a slash. */
  readonly url: string;
  readonly credentials: Credentials;
  /** Undefined for a service that was given by its URL. */
  readonly stage: string | undefined;
}

/**
 * A deployed stage: its CloudFormation stack has the URL, and says what the API requires.
 *
 * @throws Error without a token where the stage requires one; errors of the AWS SDK.
 */
export async function stageService(stage: string): Promise<JobService> {
  const outputs = await readStackOutputs(new CloudFormationClient({}), stage);
  const credentials = await credentialsOf(outputs);
  if (outputs.auth === 'jwt' && credentials.kind === 'none') {
    throw new UsageError(`--stage ${stage}: expected API_TOKEN in the environment, got none`);
  }
  return { url: withSlash(outputs.apiUrl), credentials, stage };
}

/** @throws UsageError if the options contradict each other, or the environment lacks what they name. */
export async function urlService(url: string, given: GivenCredentials): Promise<JobService> {
  const credentials = await readCredentials(given, url);
  requireCredentials(given.auth, credentials);
  return { url: withSlash(url), credentials, stage: undefined };
}

const withSlash = (url: string): string => (url.endsWith('/') ? url : `${url}/`);
