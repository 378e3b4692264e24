import { type APIGatewayClient, GetAccountCommand } from '@aws-sdk/client-api-gateway';
import type { Settings } from '../../../lib/settings.ts';
import { type Finding, fail, ok, warn } from '../findings/finding.ts';

/**
 * API Gateway has one role for logs in each account and region. The CloudFormation stack sets it:
 * lib/constructs/api.ts.
 */
export async function checkGatewayLogs(apiGateway: APIGatewayClient): Promise<Finding> {
  const { cloudwatchRoleArn } = await apiGateway.send(new GetAccountCommand({}));
  if (!cloudwatchRoleArn)
    return ok('the account has no role for API logs yet; the CloudFormation stack sets one');
  if (cloudwatchRoleArn.includes(':role/resnet50-')) return ok('the role for API logs is one of ours');
  return warn(
    `the role for the logs of all APIs is ${cloudwatchRoleArn}; the CloudFormation stack replaces it with its own`,
    'This is fine, unless another tool manages that setting and would set it back.',
  );
}

/** A regional API needs a certificate in its own region. */
export function checkCertificate({ domain }: Pick<Settings, 'domain'>, region: string): Finding {
  if (domain === 'off') return ok('no custom domain');
  const certificateRegion = domain.certificateArn.split(':')[3];
  if (certificateRegion === region) return ok(`the certificate of ${domain.name} is in ${region}`);
  return fail(
    `domain.certificateArn is in ${certificateRegion}, the API in ${region}`,
    `Issue a certificate for ${domain.name} in ${region}, and put its ARN into cdk.json.`,
  );
}
