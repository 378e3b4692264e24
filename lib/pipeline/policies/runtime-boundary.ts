import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CAPTURES_PREFIX } from '../../../lambda/config/capture.ts';
import type { Settings } from '../../settings.ts';
import { anyLogGroup, ownArns } from '../arns.ts';
import type { PipelineStage } from '../names.ts';
import { allow } from './statement.ts';

/**
 * The most that a role inside the stage's stack may do, even if a deployment gives it more. It excludes IAM,
 * API keys and the functions of other stages.
 */
export function runtimeBoundaryStatements(
  stage: PipelineStage,
  { inputCapture, qualityWatch, vpc }: Pick<Settings, 'inputCapture' | 'qualityWatch' | 'vpc'>,
): PolicyStatement[] {
  const own = ownArns(stage);
  return [
    allow(
      [
        'lambda:GetAlias',
        'lambda:GetFunction',
        'lambda:GetFunctionConfiguration',
        'lambda:GetProvisionedConcurrencyConfig',
        'lambda:InvokeFunction',
        'lambda:UpdateAlias',
      ],
      own.functions,
    ),
    allow(['sns:Publish'], own.topics),
    allow(['ssm:GetParameter', 'ssm:PutParameter'], own.knownGood),
    // API Gateway writes the logs of all APIs of an account and region through one role: that of the stage
    // deployed last. Its managed policy, AmazonAPIGatewayPushToCloudWatchLogs, has these and
    // logs:DescribeLogGroups.
    allow(
      [
        'logs:CreateLogGroup',
        'logs:CreateLogStream',
        'logs:DescribeLogStreams',
        'logs:FilterLogEvents',
        'logs:GetLogEvents',
        'logs:PutLogEvents',
      ],
      anyLogGroup(),
    ),
    allow(
      [
        'cloudwatch:DescribeAlarms',
        'codedeploy:PutLifecycleEventHookExecutionStatus',
        'codedeploy:StopDeployment',
        'logs:DescribeLogGroups',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
        'xray:PutTelemetryRecords',
        'xray:PutTraceSegments',
      ],
      '*',
    ),
    ...(qualityWatch === 'off'
      ? []
      : [allow(['logs:StartQuery'], own.logGroups), allow(['logs:GetQueryResults', 'logs:StopQuery'], '*')]),
    ...(inputCapture === 'off' ? [] : [allow(['s3:PutObject'], `${own.captures}/${CAPTURES_PREFIX}*`)]),
    ...(vpc === 'off'
      ? []
      : [
          allow(
            [
              'ec2:AssignPrivateIpAddresses',
              'ec2:CreateNetworkInterface',
              'ec2:DeleteNetworkInterface',
              'ec2:DescribeNetworkInterfaces',
              'ec2:DescribeSubnets',
              'ec2:UnassignPrivateIpAddresses',
            ],
            '*',
          ),
        ]),
  ];
}
