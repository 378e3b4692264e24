import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Settings } from '../../settings.ts';
import { anyScalableTarget, ec2, gateway, imagesRepository, ownArns, route53 } from '../arns.ts';
import type { PipelineStage } from '../names.ts';
import type { ImageSettings } from '../settings.ts';
import { roleStatements } from './roles.ts';
import { allow, deny } from './statement.ts';

/** The settings that need permissions of their own. */
export type PermissionSettings = Pick<
  Settings,
  'costWatch' | 'domain' | 'inputCapture' | 'jobs' | 'notificationChats' | 'vpc'
>;

/**
 * What CloudFormation may do for a stage: any action on resources with the stage's name, and what else
 * the resource types of its templates need.
 */
export function executionStatements(
  stage: PipelineStage,
  settings: PermissionSettings,
  images: ImageSettings,
): PolicyStatement[] {
  const own = ownArns(stage);
  return [
    allow(OWN_SERVICES, ownResources(stage)),
    // Lambda checks that whoever creates the function may pull its image, and lets itself pull it by the policy
    // of the repository.
    allow(
      [
        'ecr:BatchGetImage',
        'ecr:GetDownloadUrlForLayer',
        'ecr:GetRepositoryPolicy',
        'ecr:SetRepositoryPolicy',
      ],
      own.repository,
    ),
    ...sharedStatements(images),
    allow(['ssm:GetParameters'], own.bootstrapVersion),
    ...unnamedStatements(stage, settings),
  ];
}

/**
 * What creating a function from the images' own repository takes. Its policy allows Lambda to pull, so a stage
 * need not change that policy: Lambda does so only if there is none (aws/aws-parallelcluster-ui#380, confirmed
 * by the Lambda team).
 */
export function sharedStatements(images: ImageSettings): PolicyStatement[] {
  if (images.use !== 'shared') return [];
  return [allow(['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'], imagesRepository(images))];
}

/** The services that put the stage's name into the ARNs of their resources. */
export const OWN_SERVICES = [
  'budgets:*',
  'chatbot:*',
  'cloudwatch:*',
  'codedeploy:*',
  'events:*',
  'lambda:*',
  'logs:*',
  'sns:*',
  'wafv2:*',
];

export function ownResources(stage: PipelineStage): string[] {
  const own = ownArns(stage);
  return [
    own.functions,
    own.topics,
    own.rules,
    own.budgets,
    own.chats,
    own.dashboard,
    own.alarms,
    ...own.deployments,
    ...own.firewall,
    ...own.logGroups,
  ];
}

/**
 * Resources that names cannot separate.
 *
 * Actions without a resource type in AWS's service authorization reference are allowed on `*`. The ARNs of
 * API Gateway, Application Auto Scaling and Cost Anomaly Detection hold random ids, so the last statement
 * denies resources with another stage's tag. It is a deny, and not a condition of the allow, because only
 * some parts of an API inherit its tags (API Gateway developer guide, "API Gateway resources that can be
 * tagged") and the other parts must deploy too.
 */
export function unnamedStatements(stage: PipelineStage, settings: PermissionSettings): PolicyStatement[] {
  const { costWatch, domain, notificationChats, vpc } = settings;
  return [
    allow(
      [
        'application-autoscaling:Describe*',
        'cloudwatch:DescribeAlarms',
        'cloudwatch:GetMetricData',
        'codedeploy:*DeploymentTarget*',
        'codedeploy:StopDeployment',
        // They let API Gateway and WAF write to a log group.
        'logs:*LogDeliver*',
        'logs:Describe*Policies',
        'logs:DescribeLogGroups',
        'logs:PutResourcePolicy',
        'sns:*SubscriptionAttributes',
        'sns:Unsubscribe',
      ],
      '*',
    ),
    allow(['application-autoscaling:*'], anyScalableTarget(), {
      StringEqualsIfExists: { 'application-autoscaling:service-namespace': 'lambda' },
    }),
    allow(['apigateway:*'], ['/restapis*', '/usageplans*', '/apikeys/*', '/account', '/tags/*'].map(gateway)),
    // No GET here: listing the keys can return all their values.
    allow(['apigateway:POST'], gateway('/apikeys')),
    ...domainStatements(domain),
    ...costStatements(costWatch),
    ...dataStatements(stage, settings),
    ...chatStatements(notificationChats),
    ...vpcStatements(stage, vpc),
    ...roleStatements(stage),
    deny(['apigateway:*', 'application-autoscaling:*', 'ce:*'], '*', ofAnotherStage(stage)),
  ];
}

function domainStatements(domain: Settings['domain']): PolicyStatement[] {
  if (domain === 'off') return [];
  const zone = route53(`hostedzone/${domain.hostedZoneId}`);
  return [
    allow(
      ['apigateway:*'],
      ['/domainnames', `/domainnames/${domain.name}`, `/domainnames/${domain.name}/*`].map(gateway),
    ),
    allow(['route53:ChangeResourceRecordSets'], zone, {
      'ForAllValues:StringEquals': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': domain.name },
    }),
    allow(
      ['route53:GetChange', 'route53:GetHostedZone', 'route53:ListResource*'],
      [zone, route53('change/*')],
    ),
  ];
}

/** Tags a monitor and a subscription with the stage when it creates them. */
function costStatements(costWatch: Settings['costWatch']): PolicyStatement[] {
  return costWatch === 'off' ? [] : [allow(['ce:*Anomaly*', 'ce:TagResource'], '*')];
}

/**
 * Everything about buckets and state machines, and nothing about the objects and the executions in them. CloudFormation
 * reads a secret whose template changes.
 */
function dataStatements(
  stage: PipelineStage,
  { inputCapture, jobs }: Pick<Settings, 'inputCapture' | 'jobs'>,
): PolicyStatement[] {
  const { buckets, stateMachines, secrets } = ownArns(stage);
  const ofBuckets = ['s3:*Bucket*', 's3:*Configuration', 's3:*Resource'];
  if (jobs === 'off') return inputCapture === 'off' ? [] : [allow(ofBuckets, buckets)];
  return [
    allow(
      [...ofBuckets, 'secretsmanager:*', 'states:*Resource', 'states:*StateMachine'],
      [buckets, secrets, stateMachines],
    ),
    allow(['secretsmanager:GetRandomPassword'], '*'),
  ];
}

/** Only changing and deleting a chat take a resource. */
function chatStatements(chats: Settings['notificationChats']): PolicyStatement[] {
  if (chats.length === 0) return [];
  return [
    allow(
      ['chatbot:Create*ChannelConfiguration', 'chatbot:DescribeSlack*', 'chatbot:GetMicrosoftTeams*'],
      '*',
    ),
  ];
}

function vpcStatements(stage: PipelineStage, vpc: Settings['vpc']): PolicyStatement[] {
  if (vpc === 'off') return [];
  return [
    allow(['ec2:*SecurityGroup*', 'ec2:*Tags'], [ec2('security-group/*'), ec2(`vpc/${vpc.vpcId}`)]),
    allow(['ec2:Describe*'], '*'),
    deny(['ec2:*SecurityGroup*'], ec2('security-group/*'), ofAnotherStage(stage)),
  ];
}

/** The resource has a tag that names another stage. */
export const ofAnotherStage = (stage: PipelineStage) => ({
  Null: { 'aws:ResourceTag/stage': 'false' },
  StringNotEquals: { 'aws:ResourceTag/stage': stage },
});
