import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Settings } from '../../settings.ts';
import { gateway, imagesRepository, ownArns, route53 } from '../arns.ts';
import type { PipelineStage } from '../names.ts';
import type { ImageSettings } from '../settings.ts';
import { ofAnotherStage, type PermissionSettings } from './execution.ts';
import { readImages } from './images.ts';
import { allow, deny } from './statement.ts';

/**
 * What work on a stage may do that a schedule starts and nobody approves: look for drift, name the image that
 * runs and pull it, and delete old versions of functions and old images of the stage. It reads no API key, no
 * secret, no log and no photo.
 */
export function scheduledStatements(
  stage: PipelineStage,
  settings: PermissionSettings,
  images: ImageSettings,
): PolicyStatement[] {
  const own = ownArns(stage);
  const repositories =
    images.use === 'shared' ? [own.repository, imagesRepository(images)] : [own.repository];
  return [
    ...driftStatements(stage, settings),
    ...readImages(repositories),
    allow(['cloudformation:DescribeStacks', 'cloudformation:ListStackResources'], own.stack),
    allow(['ssm:GetParameter'], own.knownGood),
    allow(['codedeploy:GetDeployment', 'codedeploy:ListDeployments'], own.deploymentGroups),
    // The ARN of a version or an alias has a name after it, so the function itself cannot be deleted. Lambda
    // deletes no version that an alias has (Lambda API reference, DeleteFunction).
    allow(['lambda:DeleteFunction'], `${own.functions}:*`),
    allow(['ecr:BatchDeleteImage'], own.repository),
  ];
}

/**
 * What CloudFormation reads to compare the resources of a stack with its template: it does so with the
 * permissions of the caller (CloudFormation user guide, "Detect unmanaged configuration changes with drift
 * detection"). A resource that may not be read is listed as a warning; so are API keys and the secret of
 * webhooks.
 */
function driftStatements(stage: PipelineStage, settings: PermissionSettings): PolicyStatement[] {
  const own = ownArns(stage);
  const { costWatch, domain, inputCapture, jobs, notificationChats, vpc } = settings;
  return [
    allow(
      [
        'cloudformation:DescribeStackResourceDrifts',
        'cloudformation:DetectStackDrift',
        'cloudformation:DetectStackResourceDrift',
      ],
      own.stack,
    ),
    allow(
      [
        'application-autoscaling:Describe*',
        'application-autoscaling:ListTagsForResource',
        'cloudformation:DescribeStackDriftDetectionStatus',
        'cloudwatch:DescribeAlarms',
        'logs:Describe*Policies',
        'logs:DescribeLogGroups',
        ...(costWatch === 'off' ? [] : ['ce:GetAnomaly*']),
        ...(notificationChats.length === 0
          ? []
          : ['chatbot:DescribeSlackChannelConfigurations', 'chatbot:GetMicrosoftTeamsChannelConfiguration']),
        ...(vpc === 'off' ? [] : ['ec2:DescribeSecurityGroups']),
      ],
      '*',
    ),
    allow(['cloudwatch:GetDashboard', 'cloudwatch:ListTagsForResource'], [own.alarms, own.dashboard]),
    allow(
      [
        'codedeploy:GetApplication',
        'codedeploy:GetDeploymentConfig',
        'codedeploy:GetDeploymentGroup',
        'codedeploy:ListTagsForResource',
      ],
      own.deployments,
    ),
    allow(['events:DescribeRule', 'events:ListTagsForResource', 'events:ListTargetsByRule'], own.rules),
    allow(
      ['iam:GetRole', 'iam:GetRolePolicy', 'iam:ListAttachedRolePolicies', 'iam:ListRolePolicies'],
      own.roles,
    ),
    allow(['lambda:Get*', 'lambda:List*'], own.functions),
    allow(
      ['logs:DescribeMetricFilters', 'logs:GetDataProtectionPolicy', 'logs:ListTagsForResource'],
      own.logGroups,
    ),
    allow(
      [
        'sns:GetDataProtectionPolicy',
        'sns:GetTopicAttributes',
        'sns:ListSubscriptionsByTopic',
        'sns:ListTagsForResource',
      ],
      own.topics,
    ),
    allow(['wafv2:Get*', 'wafv2:ListTagsForResource'], own.firewall),
    ...(costWatch === 'off'
      ? []
      : [allow(['budgets:ListTagsForResource', 'budgets:ViewBudget'], own.budgets)]),
    ...(inputCapture === 'off' && jobs === 'off'
      ? []
      : [allow(['s3:GetBucket*', 's3:Get*Configuration', 's3:ListTagsForResource'], own.buckets)]),
    ...jobsStatements(stage, jobs),
    ...gatewayStatements(stage, domain),
  ];
}

function jobsStatements(stage: PipelineStage, jobs: Settings['jobs']): PolicyStatement[] {
  if (jobs === 'off') return [];
  const own = ownArns(stage);
  return [
    allow(['secretsmanager:DescribeSecret', 'secretsmanager:GetResourcePolicy'], own.secrets),
    allow(['states:DescribeStateMachine', 'states:ListTagsForResource'], own.stateMachines),
  ];
}

function gatewayStatements(stage: PipelineStage, domain: Settings['domain']): PolicyStatement[] {
  const paths = ['/account', '/restapis/*', '/usageplans/*'];
  return [
    allow(
      ['apigateway:GET'],
      [
        ...paths,
        ...(domain === 'off' ? [] : [`/domainnames/${domain.name}`, `/domainnames/${domain.name}/*`]),
      ].map(gateway),
    ),
    // The list of a plan's keys has their values.
    deny(['apigateway:GET'], gateway('/usageplans/*/keys*')),
    deny(['apigateway:*', 'application-autoscaling:*', 'ce:*'], '*', ofAnotherStage(stage)),
    ...(domain === 'off'
      ? []
      : [
          allow(
            ['route53:GetHostedZone', 'route53:ListResourceRecordSets'],
            route53(`hostedzone/${domain.hostedZoneId}`),
          ),
        ]),
  ];
}
