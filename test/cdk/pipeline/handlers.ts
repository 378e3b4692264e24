import type { PipelineStage } from '../../../lib/pipeline/names.ts';
import type { Request } from './iam.ts';
import { ACCOUNT, domain, REGION, vpc } from './support.ts';

/** ARNs of a deployed stage, with names as CloudFormation generates them. */
function arnsOf(stage: PipelineStage) {
  const name = `resnet50-${stage}`;
  const own = `${name}-Logical1A2B3C4D-5E6F`;
  const arn = (service: string, resource: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${resource}`;
  return {
    role: `arn:aws:iam::${ACCOUNT}:role/${own}`,
    function: arn('lambda', `function:${own}`),
    logGroups: [
      arn('logs', `log-group:${own}:log-stream:`),
      arn('logs', `log-group:API-Gateway-Execution-Logs_a1b2c3/${stage}`),
      arn('logs', `log-group:aws-waf-logs-${name}-a1b2c3`),
    ],
    topic: arn('sns', own),
    rule: arn('events', `rule/${own}`),
    alarm: arn('cloudwatch', `alarm:${name}-errors`),
    scalingAlarm: arn('cloudwatch', `alarm:TargetTracking-function:${own}:live-AlarmHigh-0a1b`),
    budget: `arn:aws:budgets::${ACCOUNT}:budget/${name}-cost-above-expected`,
    anomalyMonitor: `arn:aws:ce::${ACCOUNT}:anomalymonitor/0a1b-2c3d`,
    anomalySubscription: `arn:aws:ce::${ACCOUNT}:anomalysubscription/0a1b-2c3d`,
    chat: (kind: string) => `arn:aws:chatbot::${ACCOUNT}:chat-configuration/${kind}/${name}-1`,
    chatRole: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/management.chatbot.amazonaws.com/AWSServiceRoleForAWSChatbot`,
    dashboard: `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${name}`,
    application: arn('codedeploy', `application:${own}`),
    deploymentGroup: arn('codedeploy', `deploymentgroup:${own}/${own}`),
    deploymentConfig: arn('codedeploy', 'deploymentconfig:Logical1A2B3C4D-5E6F'),
    scalableTarget: arn('application-autoscaling', 'scalable-target/0ec5a1b2'),
    webAcl: arn('wafv2', `regional/webacl/${name}/0a1b-2c3d`),
    managedRules: arn('wafv2', 'regional/managedruleset/AWSManagedRulesCommonRuleSet/*'),
    repository: arn('ecr', `repository/cdk-r50${stage}-container-assets-${ACCOUNT}-${REGION}`),
    version: arn('ssm', `parameter/cdk-bootstrap/r50${stage}/version`),
    gateway: (path: string) => `arn:aws:apigateway:${REGION}::${path}`,
    bucket: `arn:aws:s3:::${name}-logical1a2b3c4d-5e6f`,
    stateMachine: arn('states', `stateMachine:${name}-jobs`),
    secret: arn('secretsmanager', `secret:${name}-webhooks-1A2b3C`),
    securityGroup: arn('ec2', 'security-group/sg-0a1b'),
    vpc: arn('ec2', `vpc/${vpc.vpcId}`),
    scalingRole: `arn:aws:iam::${ACCOUNT}:role/aws-service-role/lambda.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_LambdaConcurrency`,
    runtimeBoundary: `arn:aws:iam::${ACCOUNT}:policy/resnet50-pipeline-${stage}-runtime-boundary-${REGION}`,
  };
}

type Arns = ReturnType<typeof arnsOf>;
type Need = readonly [actions: string, resources: string | readonly string[], context?: Request['context']];

const pass = (arns: Arns, service: string): Need => [
  'iam:PassRole',
  arns.role,
  { 'iam:PassedToService': `${service}.amazonaws.com` },
];

/** The calls for a kind of resource of API Gateway: on the collection, and on one of it. */
function rest(arns: Arns, stage: string, collection: string, verbs = 'GET PUT PATCH DELETE'): Need[] {
  const actions = verbs.split(' ').map((verb) => `apigateway:${verb}`);
  return [
    ['apigateway:POST', arns.gateway(collection)],
    [actions.join(' '), arns.gateway(`${collection}/a1b2c3`), { 'aws:ResourceTag/stage': stage }],
  ];
}

/** The calls for a kind of resource of Cost Anomaly Detection. Creating it takes no resource. */
function anomaly(kind: string, arn: string, stage: string): Need[] {
  return [
    [`ce:Create${kind}`, '*'],
    ['ce:TagResource', arn],
    [`ce:Get${kind}s ce:Update${kind} ce:Delete${kind}`, arn, { 'aws:ResourceTag/stage': stage }],
  ];
}

const chatRoles = (arns: Arns): Need[] => [
  pass(arns, 'chatbot'),
  [
    'iam:CreateServiceLinkedRole',
    arns.chatRole,
    { 'iam:AWSServiceName': 'management.chatbot.amazonaws.com' },
  ],
];

/**
 * The calls that CloudFormation makes to create, read, update and delete a resource of each type, from
 * `handlers.*.permissions` of its schema (`aws cloudformation describe-type --type RESOURCE`), without calls
 * that only other uses of the type need. Where a schema has none, they come from the documentation of the
 * service.
 */
const NEEDS: Readonly<Record<string, (arns: Arns, stage: string) => readonly Need[]>> = {
  'AWS::ApiGateway::Account': (arns) => [
    ['apigateway:GET apigateway:PATCH', arns.gateway('/account')],
    pass(arns, 'apigateway'),
    ['iam:GetRole', arns.role],
  ],
  'AWS::ApiGateway::ApiKey': (arns, stage) => rest(arns, stage, '/apikeys'),
  // The pool of users is not called: docs.aws.amazon.com/apigateway, "Obtain permissions to create Amazon
  // Cognito user pool authorizers for a REST API". The schema also has iam:PassRole, for an authorizer with a
  // role.
  'AWS::ApiGateway::Authorizer': (arns, stage) => rest(arns, stage, '/restapis/a1b2c3/authorizers'),
  'AWS::ApiGateway::BasePathMapping': (arns, stage) =>
    rest(arns, stage, `/domainnames/${domain.name}/basepathmappings`),
  'AWS::ApiGateway::Deployment': (arns, stage) => rest(arns, stage, '/restapis/a1b2c3/deployments'),
  'AWS::ApiGateway::DomainName': (arns, stage) => [
    ['apigateway:POST apigateway:AddCertificateToDomain', arns.gateway('/domainnames')],
    [
      'apigateway:GET apigateway:PUT apigateway:PATCH apigateway:DELETE',
      arns.gateway(`/domainnames/${domain.name}`),
      { 'aws:ResourceTag/stage': stage },
    ],
  ],
  'AWS::ApiGateway::GatewayResponse': (arns, stage) => rest(arns, stage, '/restapis/a1b2c3/gatewayresponses'),
  'AWS::ApiGateway::Method': (arns, stage) => rest(arns, stage, '/restapis/a1b2c3/resources/d4e5/methods'),
  'AWS::ApiGateway::RequestValidator': (arns, stage) =>
    rest(arns, stage, '/restapis/a1b2c3/requestvalidators'),
  'AWS::ApiGateway::Resource': (arns, stage) => rest(arns, stage, '/restapis/a1b2c3/resources'),
  'AWS::ApiGateway::RestApi': (arns, stage) => [
    ...rest(arns, stage, '/restapis'),
    ['apigateway:UpdateRestApiPolicy', arns.gateway('/restapis/a1b2c3')],
    ['apigateway:PUT', arns.gateway('/tags/arn%3Aaws%3Aapigateway')],
  ],
  'AWS::ApiGateway::Stage': (arns, stage) => rest(arns, stage, '/restapis/a1b2c3/stages'),
  'AWS::ApiGateway::UsagePlan': (arns, stage) => rest(arns, stage, '/usageplans'),
  'AWS::ApiGateway::UsagePlanKey': (arns, stage) => rest(arns, stage, '/usageplans/a1b2c3/keys'),
  'AWS::ApplicationAutoScaling::ScalableTarget': (arns, stage) => [
    [
      'application-autoscaling:RegisterScalableTarget application-autoscaling:DeregisterScalableTarget application-autoscaling:PutScheduledAction application-autoscaling:DeleteScheduledAction',
      arns.scalableTarget,
      { 'application-autoscaling:service-namespace': 'lambda', 'aws:ResourceTag/stage': stage },
    ],
    ['application-autoscaling:TagResource application-autoscaling:ListTagsForResource', arns.scalableTarget],
    ['application-autoscaling:DescribeScalableTargets application-autoscaling:DescribeScheduledActions', '*'],
    ['cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms', arns.scalingAlarm],
    ['cloudwatch:DescribeAlarms', '*'],
    [
      'lambda:GetProvisionedConcurrencyConfig lambda:PutProvisionedConcurrencyConfig lambda:DeleteProvisionedConcurrencyConfig',
      `${arns.function}:live`,
    ],
    [
      'iam:CreateServiceLinkedRole',
      arns.scalingRole,
      { 'iam:AWSServiceName': 'lambda.application-autoscaling.amazonaws.com' },
    ],
    ['iam:PassRole', arns.scalingRole],
  ],
  'AWS::ApplicationAutoScaling::ScalingPolicy': (arns) => [
    [
      'application-autoscaling:PutScalingPolicy application-autoscaling:DeleteScalingPolicy',
      arns.scalableTarget,
      { 'application-autoscaling:service-namespace': 'lambda' },
    ],
    ['application-autoscaling:DescribeScalingPolicies cloudwatch:GetMetricData', '*'],
  ],
  // The schema has no permissions: service authorization reference, "AWS Budget Service".
  'AWS::Budgets::Budget': (arns) => [
    [
      'budgets:ModifyBudget budgets:ViewBudget budgets:TagResource budgets:UntagResource budgets:ListTagsForResource',
      arns.budget,
    ],
  ],
  'AWS::CDK::Metadata': () => [],
  'AWS::CE::AnomalyMonitor': (arns, stage) => anomaly('AnomalyMonitor', arns.anomalyMonitor, stage),
  'AWS::CE::AnomalySubscription': (arns, stage) =>
    anomaly('AnomalySubscription', arns.anomalySubscription, stage),
  'AWS::Chatbot::MicrosoftTeamsChannelConfiguration': (arns) => [
    ['chatbot:CreateMicrosoftTeamsChannelConfiguration chatbot:GetMicrosoftTeamsChannelConfiguration', '*'],
    [
      'chatbot:UpdateMicrosoftTeamsChannelConfiguration chatbot:DeleteMicrosoftTeamsChannelConfiguration chatbot:TagResource',
      arns.chat('microsoft-teams-channel'),
    ],
    ...chatRoles(arns),
  ],
  'AWS::Chatbot::SlackChannelConfiguration': (arns) => [
    ['chatbot:CreateSlackChannelConfiguration chatbot:DescribeSlackChannelConfigurations', '*'],
    [
      'chatbot:UpdateSlackChannelConfiguration chatbot:DeleteSlackChannelConfiguration chatbot:TagResource',
      arns.chat('slack-channel'),
    ],
    ...chatRoles(arns),
  ],
  'AWS::CloudWatch::Alarm': (arns) => [
    [
      'cloudwatch:PutMetricAlarm cloudwatch:DeleteAlarms cloudwatch:ListTagsForResource cloudwatch:TagResource cloudwatch:UntagResource',
      arns.alarm,
    ],
    ['cloudwatch:DescribeAlarms', '*'],
  ],
  'AWS::CloudWatch::CompositeAlarm': (arns) => [
    ['cloudwatch:PutCompositeAlarm cloudwatch:DeleteAlarms cloudwatch:TagResource', arns.alarm],
    ['cloudwatch:DescribeAlarms', '*'],
  ],
  'AWS::CloudWatch::Dashboard': (arns) => [
    ['cloudwatch:PutDashboard cloudwatch:GetDashboard cloudwatch:DeleteDashboards', arns.dashboard],
  ],
  'AWS::CodeDeploy::Application': (arns) => [
    [
      'codedeploy:CreateApplication codedeploy:DeleteApplication codedeploy:GetApplication codedeploy:UpdateApplication codedeploy:ListTagsForResource codedeploy:TagResource codedeploy:UntagResource',
      arns.application,
    ],
  ],
  'AWS::CodeDeploy::DeploymentConfig': (arns) => [
    [
      'codedeploy:CreateDeploymentConfig codedeploy:DeleteDeploymentConfig codedeploy:GetDeploymentConfig',
      arns.deploymentConfig,
    ],
  ],
  'AWS::CodeDeploy::DeploymentGroup': (arns) => [
    [
      'codedeploy:CreateDeploymentGroup codedeploy:UpdateDeploymentGroup codedeploy:DeleteDeploymentGroup codedeploy:GetDeploymentGroup codedeploy:TagResource codedeploy:UntagResource',
      arns.deploymentGroup,
    ],
    pass(arns, 'codedeploy'),
  ],
  'AWS::EC2::SecurityGroup': (arns, stage) => [
    ['ec2:CreateSecurityGroup', [arns.securityGroup, arns.vpc]],
    [
      'ec2:DeleteSecurityGroup ec2:AuthorizeSecurityGroupEgress ec2:AuthorizeSecurityGroupIngress ec2:RevokeSecurityGroupEgress ec2:RevokeSecurityGroupIngress ec2:CreateTags ec2:DeleteTags',
      arns.securityGroup,
      { 'aws:ResourceTag/stage': stage },
    ],
    ['ec2:DescribeSecurityGroups ec2:DescribeInstances', '*'],
  ],
  'AWS::Events::Rule': (arns) => [
    [
      'events:PutRule events:DeleteRule events:DescribeRule events:PutTargets events:RemoveTargets events:ListTargetsByRule events:TagResource events:UntagResource',
      arns.rule,
    ],
  ],
  'AWS::IAM::Policy': (arns) => [
    [
      'iam:PutRolePolicy iam:DeleteRolePolicy',
      arns.role,
      { 'iam:PermissionsBoundary': arns.runtimeBoundary },
    ],
    ['iam:GetRolePolicy', arns.role],
  ],
  'AWS::IAM::Role': (arns) => [
    [
      'iam:CreateRole iam:PutRolePermissionsBoundary iam:AttachRolePolicy iam:DetachRolePolicy',
      arns.role,
      { 'iam:PermissionsBoundary': arns.runtimeBoundary },
    ],
    [
      'iam:DeleteRole iam:GetRole iam:GetRolePolicy iam:ListAttachedRolePolicies iam:ListRolePolicies iam:TagRole iam:UntagRole iam:UpdateAssumeRolePolicy iam:UpdateRole iam:UpdateRoleDescription',
      arns.role,
    ],
  ],
  'AWS::Lambda::Alias': (arns) => [
    [
      'lambda:CreateAlias lambda:UpdateAlias lambda:DeleteAlias lambda:GetAlias lambda:PutProvisionedConcurrencyConfig lambda:GetProvisionedConcurrencyConfig lambda:DeleteProvisionedConcurrencyConfig',
      [arns.function, `${arns.function}:live`],
    ],
    [
      'codedeploy:CreateDeployment codedeploy:GetDeployment codedeploy:GetDeploymentGroup',
      arns.deploymentGroup,
    ],
    ['codedeploy:GetDeploymentConfig', arns.deploymentConfig],
    ['codedeploy:RegisterApplicationRevision codedeploy:GetApplicationRevision', arns.application],
    // These take no resource: service authorization reference, "AWS CodeDeploy".
    ['codedeploy:StopDeployment codedeploy:ListDeploymentTargets codedeploy:GetDeploymentTarget', '*'],
  ],
  'AWS::Lambda::EventInvokeConfig': (arns) => [
    [
      'lambda:PutFunctionEventInvokeConfig lambda:GetFunctionEventInvokeConfig lambda:UpdateFunctionEventInvokeConfig lambda:DeleteFunctionEventInvokeConfig',
      arns.function,
    ],
  ],
  'AWS::Lambda::Function': (arns) => [
    [
      'lambda:CreateFunction lambda:DeleteFunction lambda:GetFunction lambda:GetFunctionCodeSigningConfig lambda:GetFunctionRecursionConfig lambda:GetRuntimeManagementConfig lambda:PutFunctionConcurrency lambda:DeleteFunctionConcurrency lambda:PutFunctionRecursionConfig lambda:TagResource lambda:UntagResource lambda:UpdateFunctionCode lambda:UpdateFunctionConfiguration',
      arns.function,
    ],
    pass(arns, 'lambda'),
    [
      'ecr:BatchGetImage ecr:GetDownloadUrlForLayer ecr:GetRepositoryPolicy ecr:SetRepositoryPolicy',
      arns.repository,
    ],
  ],
  'AWS::Lambda::Permission': (arns) => [
    [
      'lambda:AddPermission lambda:RemovePermission lambda:GetPolicy',
      [arns.function, `${arns.function}:live`],
    ],
  ],
  'AWS::Lambda::Version': (arns) => [
    ['lambda:PublishVersion lambda:GetFunctionConfiguration', arns.function],
    ['lambda:DeleteFunction lambda:GetRuntimeManagementConfig', `${arns.function}:41`],
  ],
  'AWS::Logs::LogGroup': (arns) => [
    [
      'logs:CreateLogGroup logs:DeleteLogGroup logs:PutRetentionPolicy logs:DeleteRetentionPolicy logs:GetDataProtectionPolicy logs:ListTagsForResource logs:TagResource logs:UntagResource',
      arns.logGroups,
    ],
    ['logs:DescribeLogGroups logs:DescribeIndexPolicies logs:DescribeResourcePolicies', '*'],
  ],
  'AWS::Logs::MetricFilter': (arns) => [
    ['logs:PutMetricFilter logs:DescribeMetricFilters logs:DeleteMetricFilter', arns.logGroups],
  ],
  'AWS::Route53::RecordSet': () => [
    [
      'route53:ChangeResourceRecordSets',
      `arn:aws:route53:::hostedzone/${domain.hostedZoneId}`,
      { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': domain.name },
    ],
    [
      'route53:GetHostedZone route53:ListResourceRecordSets',
      `arn:aws:route53:::hostedzone/${domain.hostedZoneId}`,
    ],
    ['route53:GetChange', 'arn:aws:route53:::change/C0123'],
  ],
  'AWS::S3::Bucket': (arns) => [
    [
      's3:CreateBucket s3:DeleteBucket s3:ListBucket s3:ListTagsForResource s3:TagResource s3:UntagResource',
      arns.bucket,
    ],
    [
      's3:PutBucketOwnershipControls s3:PutBucketPublicAccessBlock s3:PutBucketTagging s3:PutBucketVersioning s3:PutBucketCORS s3:PutEncryptionConfiguration s3:PutLifecycleConfiguration',
      arns.bucket,
    ],
    // It reads all properties, also those that the template does not have.
    [
      's3:GetAccelerateConfiguration s3:GetAnalyticsConfiguration s3:GetBucketAbac s3:GetBucketAcl s3:GetBucketCORS s3:GetBucketLogging s3:GetBucketMetadataTableConfiguration s3:GetBucketNotification s3:GetBucketObjectLockConfiguration s3:GetBucketOwnershipControls s3:GetBucketPublicAccessBlock s3:GetBucketTagging s3:GetBucketVersioning s3:GetBucketWebsite s3:GetEncryptionConfiguration s3:GetIntelligentTieringConfiguration s3:GetInventoryConfiguration s3:GetLifecycleConfiguration s3:GetMetricsConfiguration s3:GetReplicationConfiguration',
      arns.bucket,
    ],
  ],
  'AWS::S3::BucketPolicy': (arns) => [
    ['s3:GetBucketPolicy s3:PutBucketPolicy s3:DeleteBucketPolicy', arns.bucket],
  ],
  'AWS::SecretsManager::Secret': (arns) => [
    [
      'secretsmanager:CreateSecret secretsmanager:DeleteSecret secretsmanager:DescribeSecret secretsmanager:GetSecretValue secretsmanager:UpdateSecret secretsmanager:TagResource secretsmanager:UntagResource',
      arns.secret,
    ],
    ['secretsmanager:GetRandomPassword', '*'],
  ],
  'AWS::SNS::Subscription': (arns) => [
    ['sns:Subscribe', arns.topic],
    ['sns:Unsubscribe sns:GetSubscriptionAttributes sns:SetSubscriptionAttributes', '*'],
  ],
  'AWS::SNS::Topic': (arns) => [
    [
      'sns:CreateTopic sns:DeleteTopic sns:GetTopicAttributes sns:SetTopicAttributes sns:GetDataProtectionPolicy sns:ListSubscriptionsByTopic sns:ListTagsForResource sns:TagResource sns:UntagResource',
      arns.topic,
    ],
  ],
  'AWS::SNS::TopicPolicy': (arns) => [['sns:SetTopicAttributes', arns.topic]],
  'AWS::StepFunctions::StateMachine': (arns) => [
    [
      'states:CreateStateMachine states:DeleteStateMachine states:DescribeStateMachine states:UpdateStateMachine states:ListTagsForResource states:TagResource states:UntagResource',
      arns.stateMachine,
    ],
    pass(arns, 'states'),
  ],
  'AWS::WAFv2::LoggingConfiguration': (arns) => [
    [
      'wafv2:PutLoggingConfiguration wafv2:GetLoggingConfiguration wafv2:DeleteLoggingConfiguration',
      arns.webAcl,
    ],
    [
      'logs:CreateLogDelivery logs:DeleteLogDelivery logs:DescribeLogGroups logs:DescribeResourcePolicies logs:PutResourcePolicy',
      '*',
    ],
    [
      'iam:CreateServiceLinkedRole',
      `arn:aws:iam::${ACCOUNT}:role/aws-service-role/wafv2.amazonaws.com/AWSServiceRoleForWAFV2Logging`,
      { 'iam:AWSServiceName': 'wafv2.amazonaws.com' },
    ],
  ],
  'AWS::WAFv2::WebACL': (arns) => [
    ['wafv2:CreateWebACL wafv2:UpdateWebACL', [arns.webAcl, arns.managedRules]],
    [
      'wafv2:DeleteWebACL wafv2:GetWebACL wafv2:ListTagsForResource wafv2:TagResource wafv2:UntagResource',
      arns.webAcl,
    ],
  ],
  'AWS::WAFv2::WebACLAssociation': (arns, stage) => [
    ['wafv2:AssociateWebACL', [arns.webAcl, arns.gateway(`/restapis/a1b2c3/stages/${stage}`)]],
    ['wafv2:DisassociateWebACL wafv2:GetWebACLForResource', arns.gateway(`/restapis/a1b2c3/stages/${stage}`)],
    [
      'apigateway:SetWebACL',
      arns.gateway(`/restapis/a1b2c3/stages/${stage}`),
      { 'aws:ResourceTag/stage': stage },
    ],
  ],
};

/** The types in the table. */
export const RESOURCE_TYPES = Object.keys(NEEDS);

/** The calls of every deployment: each template has the version of the bootstrap as a parameter. */
export function commonRequests(stage: PipelineStage): Request[] {
  return [{ action: 'ssm:GetParameters', resource: arnsOf(stage).version }];
}

/** @throws Error for a type that is not in the table, so that nobody forgets to check the policies for it. */
export function requestsOf(type: string, stage: PipelineStage): Request[] {
  const needs = NEEDS[type];
  if (!needs) throw new Error(`${type}: expected its calls in test/cdk/pipeline/handlers.ts, got none`);
  return needs(arnsOf(stage), stage).flatMap(([actions, resources, context]) =>
    actions
      .split(' ')
      .flatMap((action) =>
        [resources].flat().map((resource) => ({ action, resource, ...(context ? { context } : {}) })),
      ),
  );
}
