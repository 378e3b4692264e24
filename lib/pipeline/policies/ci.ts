import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { authKind } from '../../settings/auth.ts';
import type { Settings } from '../../settings.ts';
import { bootstrapRole, gateway, ownArns } from '../arns.ts';
import type { PipelineStage } from '../names.ts';
import { allow } from './statement.ts';

/**
 * What a job on GitHub may do: assume the roles that `cdk deploy` uses, and make the calls of the preflight
 * and the smoke test. CodeDeploy and CloudFormation roll back by themselves. It may not assume the
 * bootstrap's lookup role: no stage needs lookups, and that role reads widely.
 */
export function ciStatements(stage: PipelineStage, settings: Settings): PolicyStatement[] {
  const own = ownArns(stage);
  return [
    allow(
      ['sts:AssumeRole'],
      (['deploy', 'file-publishing', 'image-publishing'] as const).map((role) => bootstrapRole(stage, role)),
    ),
    allow(['ssm:GetParameter'], own.bootstrapVersion),
    allow(['ssm:GetParameter', 'ssm:PutParameter'], own.knownGood),
    allow(['cloudformation:DescribeStacks', 'cloudformation:GetTemplate'], own.stack),
    allow(
      ['lambda:GetAlias', 'lambda:GetFunction', 'lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'],
      own.functions,
    ),
    allow(['lambda:GetAccountSettings'], '*'),
    allow(['apigateway:GET'], gateway('/account')),
    ...credentialStatements(stage, settings),
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
