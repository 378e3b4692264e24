import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { authKind } from '../../settings/auth.ts';
import type { Settings } from '../../settings.ts';
import { bootstrapRole, gateway, imagesRepository, ownArns } from '../arns.ts';
import type { PipelineStage } from '../names.ts';
import type { ImageSettings } from '../settings.ts';
import { readImages } from './images.ts';
import { allow } from './statement.ts';

/**
 * What a job on GitHub may do: assume the roles that `cdk deploy` uses and through which an image is copied,
 * find and verify images, and make the calls of the preflight, the smoke test and a rollback. It may not assume
 * the bootstrap's lookup role: no stage needs lookups, and that role reads widely.
 */
export function ciStatements(
  stage: PipelineStage,
  settings: Settings,
  images: ImageSettings,
): PolicyStatement[] {
  const own = ownArns(stage);
  return [
    allow(
      ['sts:AssumeRole'],
      (['deploy', 'file-publishing', 'image-publishing'] as const).map((role) => bootstrapRole(stage, role)),
    ),
    ...readImages([imagesRepository(images), own.repository]),
    // An update of the stack with the version of the bootstrap as a parameter needs the second.
    allow(['ssm:GetParameter', 'ssm:GetParameters'], own.bootstrapVersion),
    allow(['ssm:GetParameter', 'ssm:PutParameter'], own.knownGood),
    allow(
      ['cloudformation:DescribeStackEvents', 'cloudformation:DescribeStacks', 'cloudformation:GetTemplate'],
      own.stack,
    ),
    allow(
      ['lambda:GetAlias', 'lambda:GetFunction', 'lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'],
      own.functions,
    ),
    allow(['lambda:GetAccountSettings'], '*'),
    allow(['apigateway:GET'], gateway('/account')),
    ...rollbackStatements(stage),
    ...(settings.deploymentNotes ? [allow(['sns:Publish'], own.alerts)] : []),
    ...credentialStatements(stage, settings),
  ];
}

/**
 * What `npm run rollback` needs more than the smoke test after it. CloudFormation moves the alias with the
 * execution role that the stack was deployed with (CloudFormation API reference, UpdateStack, RoleARN); the
 * last two are for an alias that somebody moved by hand. AWS limits the stop of a deployment to no resource.
 */
function rollbackStatements(stage: PipelineStage): PolicyStatement[] {
  const own = ownArns(stage);
  return [
    allow(['cloudformation:UpdateStack'], own.stack),
    allow(['codedeploy:GetDeployment', 'codedeploy:ListDeployments'], own.deploymentGroups),
    allow(['codedeploy:StopDeployment'], '*'),
    allow(
      ['lambda:ListVersionsByFunction', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
      own.functions,
    ),
  ];
}

/** What the smoke test needs for predictions. A token comes from elsewhere. */
function credentialStatements(stage: PipelineStage, { auth }: Settings): PolicyStatement[] {
  switch (authKind(auth)) {
    case 'api-key':
      // AWS generates the key's id, so the key is recognised by the tags that the stage's stack puts on it.
      // The keys of callers have no purpose smoke-test, so CI cannot read them.
      return [
        allow(['apigateway:GET'], gateway('/apikeys/*'), {
          StringEquals: {
            'aws:ResourceTag/service': 'resnet50',
            'aws:ResourceTag/stage': stage,
            'aws:ResourceTag/purpose': 'smoke-test',
          },
        }),
      ];
    case 'iam':
      return [allow(['execute-api:Invoke'], ownArns(stage).predictions)];
    case 'jwt':
    case 'off':
      return [];
  }
}
