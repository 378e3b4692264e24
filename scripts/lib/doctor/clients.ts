import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { ECRClient } from '@aws-sdk/client-ecr';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';

/** Where the report comes from. */
export interface DoctorClients {
  readonly cloudFormation: CloudFormationClient;
  readonly cloudWatch: CloudWatchClient;
  readonly codeDeploy: CodeDeployClient;
  readonly ecrOf: (region: string) => ECRClient;
  readonly gateway: APIGatewayClient;
  readonly lambda: LambdaClient;
  readonly sfn: SFNClient;
  readonly sns: SNSClient;
  readonly ssm: SSMClient;
}

/** Clients with the credentials and the region of this machine. */
export const doctorClients = (): DoctorClients => ({
  cloudFormation: new CloudFormationClient({}),
  cloudWatch: new CloudWatchClient({}),
  codeDeploy: new CodeDeployClient({}),
  ecrOf: (region) => new ECRClient({ region }),
  gateway: new APIGatewayClient({}),
  lambda: new LambdaClient({}),
  sfn: new SFNClient({}),
  sns: new SNSClient({}),
  ssm: new SSMClient({}),
});
