import { ECRClient, type ECRClientConfig, GetAuthorizationTokenCommand } from '@aws-sdk/client-ecr';

export type AwsCredentials = NonNullable<ECRClientConfig['credentials']>;

/**
 * A token for all repositories that the credentials may use, valid for 12 hours: `USER:PASSWORD` in Base64, as Docker's
 * configuration has it.
 *
 * @param credentials @default those that the AWS SDK finds
 * @throws errors of the AWS SDK.
 */
export async function ecrToken(region: string, credentials?: AwsCredentials): Promise<string> {
  const client = new ECRClient({ region, ...(credentials ? { credentials } : {}) });
  try {
    const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}));
    const token = authorizationData?.[0]?.authorizationToken;
    if (!token) throw new Error(`ECR in ${region}: expected a token, got none`);
    return token;
  } finally {
    client.destroy();
  }
}
