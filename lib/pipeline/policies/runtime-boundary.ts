import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CAPTURES_PREFIX } from '../../../lambda/config/capture.ts';
import { allowedSources } from '../../../lambda/config/jobs.ts';
import { PREFIX } from '../../constructs/jobs/bucket.ts';
import type { Settings } from '../../settings.ts';
import { anyLogGroup, ownArns, sourceBucket } from '../arns.ts';
import type { PipelineStage } from '../names.ts';
import { allow } from './statement.ts';

/**
 * The most that a role inside the stage's stack may do, even if a deployment gives it more. It excludes IAM,
 * API keys and the functions of other stages.
 */
export function runtimeBoundaryStatements(
  stage: PipelineStage,
  { inputCapture, jobs, qualityWatch, vpc }: Pick<Settings, 'inputCapture' | 'jobs' | 'qualityWatch' | 'vpc'>,
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
    ...(inputCapture === 'off' ? [] : [allow(['s3:PutObject'], `${own.buckets}/${CAPTURES_PREFIX}*`)]),
    ...jobsStatements(stage, jobs),
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

/** The functions and the state machines of jobs, and the service that takes them. */
function jobsStatements(stage: PipelineStage, jobs: Settings['jobs']): PolicyStatement[] {
  if (jobs === 'off') return [];
  const own = ownArns(stage);
  const sources = allowedSources(jobs.sources.join());
  return [
    allow(
      ['s3:AbortMultipartUpload', 's3:GetObject', 's3:PutObject'],
      Object.values(PREFIX).map((prefix) => `${own.buckets}/${prefix}*`),
    ),
    allow(['s3:ListBucket'], [own.buckets, ...sources.map(({ bucket }) => sourceBucket(bucket))]),
    ...(sources.length === 0
      ? []
      : [
          allow(
            ['s3:GetObject'],
            sources.map(({ bucket, prefix }) => `${sourceBucket(bucket)}/${prefix}*`),
          ),
        ]),
    allow(
      [
        'states:DescribeExecution',
        'states:ListExecutions',
        'states:RedriveExecution',
        'states:StartExecution',
        'states:StopExecution',
      ],
      [own.stateMachines, own.executions],
    ),
    allow(['secretsmanager:GetSecretValue'], own.secrets),
    // Step Functions has a state machine's role set up its log: docs.aws.amazon.com/step-functions, "Logging using
    // CloudWatch Logs".
    allow(
      [
        'logs:CreateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:DescribeResourcePolicies',
        'logs:GetLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:UpdateLogDelivery',
      ],
      '*',
    ),
  ];
}
