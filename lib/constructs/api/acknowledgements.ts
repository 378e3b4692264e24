import { Validations } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { AuthKind } from '../../settings/auth.ts';

const PUBLIC = 'Pages, health checks and the API description are public.';

/** Why cdk-nag finds methods without authorization, or without a Cognito user pool. */
const GUARDED_BY = {
  off: 'The settings of the stage open predictions to everybody.',
  'api-key': 'API keys and usage plans protect predictions. Callers are programs, not users who sign in.',
  iam: 'AWS credentials protect predictions.',
  jwt: 'Tokens of the issuer that the stage names protect predictions.',
} as const satisfies Record<AuthKind | 'off', string>;

/** Says why what cdk-nag finds about the API is as it should be. */
export function acknowledgeFindings(api: RestApi, kind: AuthKind | 'off'): void {
  Validations.of(api).acknowledge(
    {
      id: 'AwsSolutions-APIG2',
      reason:
        'Required parameters are validated. Request models read JSON text, but bodies are binary; the service validates them.',
    },
    { id: 'AwsSolutions-APIG4', reason: `${GUARDED_BY[kind]} ${PUBLIC}` },
    { id: 'AwsSolutions-COG4', reason: `${GUARDED_BY[kind]} ${PUBLIC}` },
    {
      id: 'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]',
      reason: 'AWS’s own policy for the logging role that all APIs of an account share.',
    },
  );
}
