import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { OidcProviderNative } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { AUDIENCE, ISSUER } from './trust.ts';

/** GitHub as an identity provider. An account can have only one with this URL. */
export class ProviderStack extends Stack {
  constructor(scope: Construct, id: string, props: StackProps) {
    super(scope, id, props);
    new OidcProviderNative(this, 'GitHub', {
      // No thumbprints: AWS checks GitHub's certificate against trusted authorities (IAM user guide, "Obtain
      // the thumbprint for an OpenID Connect identity provider").
      url: `https://${ISSUER}`,
      clientIds: [AUDIENCE],
      // Roles of other projects may trust it by then.
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
  }
}
