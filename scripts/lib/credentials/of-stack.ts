import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import type { StackOutputs } from '../aws/stack-outputs.ts';
import { findAwsIdentity } from './aws-identity.ts';
import { apiKey, awsSignature, type Credentials, NO_CREDENTIALS } from './credentials.ts';
import { tokenIn } from './environment.ts';

type Described = Pick<StackOutputs, 'auth' | 'apiKeyId' | 'apiUrl'>;

/**
 * Credentials for the API of a deployed stage: the stage's own key, the AWS credentials of this machine, or the
 * token in `API_TOKEN`. None for a stage that requires none, or if there is no token.
 *
 * @throws errors of the AWS SDK; Error if the stack has no key.
 */
export async function credentialsOf(
  { auth, apiKeyId, apiUrl }: Described,
  gateway: APIGatewayClient = new APIGatewayClient({}),
): Promise<Credentials> {
  switch (auth) {
    case 'off':
      return NO_CREDENTIALS;
    case 'api-key': {
      const key = await gateway.send(new GetApiKeyCommand({ apiKey: apiKeyId, includeValue: true }));
      return apiKey(key.value ?? '', `The API key ${apiKeyId}`);
    }
    case 'iam':
      return awsSignature(await findAwsIdentity(apiUrl));
    case 'jwt':
      return tokenIn();
  }
}
