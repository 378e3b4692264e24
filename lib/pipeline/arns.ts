import { Aws } from 'aws-cdk-lib';
import { knownGoodParameter } from '../../lambda/operations/settings.ts';
import { stackName } from '../stages.ts';
import { bootstrapRepository, IMAGES_REPOSITORY } from './images.ts';
import { ownName, type PipelineStage, qualifierOf } from './names.ts';
import { runtimeBoundaryName } from './policies/names.ts';
import type { ImageSettings } from './settings.ts';

const regional = (service: string, resource: string): string =>
  `arn:${Aws.PARTITION}:${service}:${Aws.REGION}:${Aws.ACCOUNT_ID}:${resource}`;
const iam = (resource: string): string => `arn:${Aws.PARTITION}:iam::${Aws.ACCOUNT_ID}:${resource}`;

export type BootstrapRole = 'cfn-exec' | 'deploy' | 'file-publishing' | 'image-publishing';

/** A role of the stage's bootstrap. */
export const bootstrapRole = (stage: PipelineStage, role: BootstrapRole): string =>
  iam(`role/cdk-${qualifierOf(stage)}-${role}-role-${Aws.ACCOUNT_ID}-${Aws.REGION}`);

/** API Gateway's ARNs have no account, and a path instead of a name. */
export const gateway = (path: string): string => `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}::${path}`;
/** The repository that the pipeline pushes images to. */
export const imagesRepository = ({
  account,
  region,
}: Pick<ImageSettings, 'account' | 'region'> = {}): string =>
  `arn:${Aws.PARTITION}:ecr:${region ?? Aws.REGION}:${account ?? Aws.ACCOUNT_ID}:repository/${IMAGES_REPOSITORY}`;
export const policy = (name: string): string => iam(`policy/${name}`);
export const serviceLinkedRoles = (service: string): string => iam(`role/aws-service-role/${service}/*`);
export const oidcProvider = (host: string): string => iam(`oidc-provider/${host}`);
export const sourceBucket = (name: string): string => `arn:${Aws.PARTITION}:s3:::${name}`;
export const route53 = (resource: string): string => `arn:${Aws.PARTITION}:route53:::${resource}`;
export const ec2 = (resource: string): string => regional('ec2', resource);
export const anyLogGroup = (): string => regional('logs', 'log-group:*');
export const anyScalableTarget = (): string => regional('application-autoscaling', 'scalable-target/*');

/**
 * The resources of a stage, by the names that its stack or CloudFormation gives them. A generated
 * name ends in `*`. A `*` before the stage's name stands for a prefix that AWS prescribes: one ARN for both saves
 * characters, of which a policy may have 6,144.
 */
export function ownArns(stage: PipelineStage) {
  const name = stackName(stage);
  const own = ownName(stage);
  const bootstrap = `cdk-${qualifierOf(stage)}`;
  return {
    stack: regional('cloudformation', `stack/${name}/*`),
    roles: iam(`role/${own}*`),
    runtimeBoundary: policy(runtimeBoundaryName(stage)),
    functions: regional('lambda', `function:${own}*`),
    topics: regional('sns', `${own}*`),
    /** The topic of alerts. The name begins with the logical id of its construct. */
    alerts: regional('sns', `${own}MonitoringAlerts*`),
    rules: regional('events', `rule/${own}*`),
    /** WAF prescribes `aws-waf-logs-` before the name, and API Gateway the whole second name. */
    logGroups: [
      regional('logs', `log-group:*${own}*`),
      regional('logs', `log-group:API-Gateway-Execution-Logs_*/${stage}*`),
    ],
    /** Target tracking creates some with `TargetTracking-function:` before the name. */
    alarms: regional('cloudwatch', `alarm:*${own}*`),
    /** The ARNs of these have no region. */
    budgets: `arn:${Aws.PARTITION}:budgets::${Aws.ACCOUNT_ID}:budget/${own}*`,
    chats: `arn:${Aws.PARTITION}:chatbot::${Aws.ACCOUNT_ID}:chat-configuration/*/${own}*`,
    dashboard: `arn:${Aws.PARTITION}:cloudwatch::${Aws.ACCOUNT_ID}:dashboard/${name}`,
    deploymentGroups: regional('codedeploy', `deploymentgroup:${own}*`),
    /**
     * The application and its deployment groups. The generated name of a configuration may not begin with the
     * stack's. One in use cannot be deleted.
     */
    deployments: [regional('codedeploy', `*:${own}*`), regional('codedeploy', 'deploymentconfig:*')],
    /**
     * Creating a web ACL with managed rules needs permission on the rules too, and attaching it on the API's
     * stage.
     */
    firewall: [
      regional('wafv2', `regional/webacl/${name}/*`),
      regional('wafv2', 'regional/managedruleset/*'),
      gateway(`/restapis/*/stages/${stage}`),
    ],
    /**
     * AWS generates the API's id, and no condition of execute-api knows its tags (service authorization
     * reference, "Amazon API Gateway"). So this is POST /predict… of every API of the account with a stage of
     * this name.
     */
    predictions: regional('execute-api', `*/${stage}/POST/predict*`),
    /** The buckets of captured images and of jobs. The ARNs of buckets have no region and no account. */
    buckets: `arn:${Aws.PARTITION}:s3:::${own}*`,
    stateMachines: regional('states', `stateMachine:${own}*`),
    executions: regional('states', `execution:${own}*`),
    secrets: regional('secretsmanager', `secret:${own}*`),
    bucket: `arn:${Aws.PARTITION}:s3:::${bootstrap}-assets-${Aws.ACCOUNT_ID}-${Aws.REGION}`,
    repository: regional('ecr', `repository/${bootstrapRepository(stage, Aws.ACCOUNT_ID, Aws.REGION)}`),
    /**
     * One for each function that the stage has had. Its hook and the smoke test write it, not CloudFormation.
     */
    knownGood: regional('ssm', `parameter${knownGoodParameter(own)}*`),
    bootstrapVersion: regional('ssm', `parameter/cdk-bootstrap/${qualifierOf(stage)}/version`),
  };
}
