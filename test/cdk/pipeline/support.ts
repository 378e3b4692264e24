import { readFileSync } from 'node:fs';
import { createPipelineApp } from '../../../lib/pipeline/app.ts';
import type { PipelineStage } from '../../../lib/pipeline/names.ts';
import type { Policy } from './iam.ts';

const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8'));

export const ACCOUNT = '111122223333';
/** One of the longest names, because the size of a policy is limited. */
export const REGION = 'ap-southeast-1';

export const github = { owner: 'octo-org', ownerId: 123456, repository: 'classifier', repositoryId: 456789 };

export const domain = {
  name: 'api.example.com',
  hostedZoneId: 'Z0123456789ABCDEFGHIJ',
  hostedZoneName: 'example.com',
  certificateArn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/0b0c`,
};
export const vpc = {
  vpcId: 'vpc-0123456789abcdef0',
  availabilityZones: [`${REGION}a`],
  privateSubnetIds: ['subnet-0123456789abcdef0'],
};

export const notificationChats = [
  { kind: 'slack', workspaceId: 'T0123456789', channelId: 'C0123456789' },
  {
    kind: 'teams',
    tenantId: '12345678-1234-1234-1234-123456789012',
    teamId: 'abcdefab-1234-1234-1234-123456789012',
    channelId: '19%3aab%40thread.tacv2',
  },
];
export const tokenAuth = {
  kind: 'jwt',
  tokens: { from: 'oidc', issuer: 'https://login.example.com', audiences: ['api://vision'] },
};
export const inputCapture = { percent: 1, keepDays: 30 };
/** As many buckets as a stage may name, with long names. */
export const jobsWithSources = {
  sources: Array.from({ length: 10 }, (_, index) => `photos-of-a-large-company-${index}/archive/2026/`),
};
/** A repository of images in another account. */
export const sharedImages = { use: 'shared', account: '210987654321', readers: [] };
export const costWatch = { requestsPerSecond: 5, percentOfExpected: 150, anomalyUsd: 20 };

/**
 * The context of a stage that a pipeline deploys, with settings of the stage overridden. @param pipeline null
 * for none.
 */
export function pipelineContext(stage: string, overrides: object = {}, pipeline: unknown = { github }) {
  return {
    ...context,
    stage,
    stages: { [stage]: overrides },
    ...(pipeline === null ? {} : { pipeline }),
  };
}

export function pipelineAppOf(stage: string, overrides: object = {}, pipeline: unknown = { github }) {
  return createPipelineApp({ context: pipelineContext(stage, overrides, pipeline) });
}

export interface Template {
  readonly Resources: Readonly<
    Record<
      string,
      {
        readonly Type: string;
        readonly Properties: Readonly<Record<string, unknown>>;
        readonly DeletionPolicy?: string;
      }
    >
  >;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

/** The template of the stage's pipeline, with the pseudo parameters filled in. */
export function pipelineTemplateOf(
  stage: PipelineStage | 'build',
  overrides: object = {},
  pipeline: unknown = { github },
): Template {
  const assembly = pipelineAppOf(stage, overrides, pipeline).synth();
  return resolved(assembly.getStackByName(`resnet50-pipeline-${stage}`).template) as Template;
}

export interface Policies {
  readonly execution: Policy;
  readonly deploymentBoundary: Policy;
  readonly runtimeBoundary: Policy;
  readonly ci: Policy;
  readonly scheduled: Policy;
}

export function policiesOf(
  stage: PipelineStage,
  overrides: object = {},
  pipeline: unknown = { github },
): Policies {
  const { Resources } = pipelineTemplateOf(stage, overrides, pipeline);
  const named = (purpose: string) =>
    Object.values(Resources).find(({ Properties }) =>
      String(Properties['ManagedPolicyName']).includes(`-${purpose}-`),
    )?.Properties['PolicyDocument'] as Policy;
  return {
    execution: named('execution'),
    deploymentBoundary: named('deployment-boundary'),
    runtimeBoundary: named('runtime-boundary'),
    ci: inlineOf(roleOf(Resources, 'deploy')),
    scheduled: inlineOf(roleOf(Resources, 'scheduled')),
  };
}

type RoleProperties = Readonly<Record<string, unknown>>;
type Inline = readonly { readonly PolicyName: string; readonly PolicyDocument: Policy }[];

/** The role whose inline policy has this name. */
export function roleOf(resources: Template['Resources'], policyName: string): RoleProperties {
  const role = Object.values(resources).find(({ Type, Properties }) => {
    return Type === 'AWS::IAM::Role' && (Properties['Policies'] as Inline)[0]?.PolicyName === policyName;
  });
  if (!role) throw new Error(`expected a role with the policy ${policyName}, got none`);
  return role.Properties;
}

export function inlineOf(role: RoleProperties): Policy {
  const [inline] = role['Policies'] as Inline;
  if (!inline) throw new Error('expected the role to have a policy, got none');
  return inline.PolicyDocument;
}

const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': REGION,
  'AWS::AccountId': ACCOUNT,
  'AWS::URLSuffix': 'amazonaws.com',
};

/** Replaces intrinsic functions by text. @param lookUp the text for a resource. @default its logical id */
export function resolved(
  value: unknown,
  lookUp: (logicalId: string, attribute?: string) => unknown = (id) => id,
): unknown {
  const inner = (part: unknown): unknown => resolved(part, lookUp);
  if (Array.isArray(value)) return value.map(inner);
  if (typeof value !== 'object' || value === null) return value;
  const {
    Ref: ref,
    'Fn::Join': join,
    'Fn::GetAtt': attribute,
    'Fn::Select': select,
    'Fn::Split': split,
    'Fn::Sub': sub,
  } = value as {
    Ref?: string;
    'Fn::Join'?: [string, unknown[]];
    'Fn::GetAtt'?: [string, string];
    'Fn::Select'?: [number | string, unknown];
    'Fn::Split'?: [string, unknown];
    'Fn::Sub'?: string;
  };
  if (ref !== undefined) return PSEUDO[ref] ?? lookUp(ref);
  if (join) return join[1].map(inner).join(join[0]);
  if (attribute) return lookUp(...attribute);
  if (sub !== undefined)
    return sub.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => String(inner({ Ref: name })));
  if (split) return String(inner(split[1])).split(split[0]);
  if (select) return (inner(select[1]) as readonly unknown[])[Number(select[0])];
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, inner(part)]));
}
