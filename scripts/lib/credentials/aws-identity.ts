import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import type { AwsIdentity } from './credentials.ts';

/**
 * The AWS credentials that the AWS SDK finds on this machine, and the region of the API.
 *
 * @throws errors of the AWS SDK, if there are no credentials or no region.
 */
export async function findAwsIdentity(url: string): Promise<AwsIdentity> {
  const { config } = new APIGatewayClient({});
  await config.credentials();
  return { credentials: config.credentials, region: regionIn(url) ?? (await config.region()) };
}

/**
 * The region in API Gateway's own host name. A custom domain has none: it is then in the region of the
 * settings.
 */
function regionIn(url: string): string | undefined {
  const [, region] = /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$/.exec(new URL(url).hostname) ?? [];
  return region;
}
