import { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { describe, expect, it } from 'vitest';
import { CAT_WNIDS } from '../../lambda/operations/settings.ts';
import { ClassifierFunction } from '../../lib/constructs/classifier-function.ts';
import { Delivery } from '../../lib/constructs/delivery.ts';
import { ServiceImage } from '../../lib/constructs/service-image.ts';
import { readStage } from '../../lib/stages.ts';
import { templateOf } from './support.ts';

const prod = templateOf('prod');

const logicalId = (template: Template, type: string, properties: object) => {
  const [id, ...others] = Object.keys(template.findResources(type, { Properties: properties }));
  if (id === undefined || others.length > 0)
    throw new Error(`expected one ${type}, got ${id === undefined ? 0 : others.length + 1}`);
  return id;
};
const hook = (name: string) =>
  logicalId(prod, 'AWS::Lambda::Function', { ImageConfig: { Command: [`${name}.handler`] } });
const classifier = logicalId(prod, 'AWS::Lambda::Function', { ImageConfig: { Command: ['index.handler'] } });
const version = logicalId(prod, 'AWS::Lambda::Version', { FunctionName: { Ref: classifier } });

/** All policy statements of a function's role, or of the role that `principal` assumes. */
function statementsOf(role: string): { Action: string | string[]; Resource: unknown }[] {
  return Object.values(prod.findResources('AWS::IAM::Policy'))
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: { Ref: string }) => Ref === role))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}
const roleOf = (functionId: string): string =>
  prod.findResources('AWS::Lambda::Function')[functionId]?.['Properties'].Role['Fn::GetAtt'][0];
const invoked = (functionId: string) =>
  statementsOf(roleOf(functionId))
    .filter(({ Action }) => Action === 'lambda:InvokeFunction')
    .map(({ Resource }) => Resource);

describe('how traffic moves', () => {
  it.each([
    [
      'canary',
      10,
      5,
      { Type: 'TimeBasedCanary', TimeBasedCanary: { CanaryPercentage: 10, CanaryInterval: 5 } },
    ],
    [
      'linear',
      20,
      3,
      { Type: 'TimeBasedLinear', TimeBasedLinear: { LinearPercentage: 20, LinearInterval: 3 } },
    ],
  ])('as a %s shift of %i % and %i minutes', (kind, percent, minutes, expected) => {
    const template = templateOf('prod', { delivery: { kind, percent, minutes } });
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentConfig', {
      ComputePlatform: 'Lambda',
      TrafficRoutingConfig: expected,
    });
    const config = logicalId(template, 'AWS::CodeDeploy::DeploymentConfig', {});
    template.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName: { Ref: config },
    });
  });

  it('all at once in dev, with CodeDeploy’s own configuration and the same checks', () => {
    const dev = templateOf('dev');
    dev.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      DeploymentConfigName: 'CodeDeployDefault.LambdaAllAtOnce',
    });
    dev.resourceCountIs('AWS::CodeDeploy::DeploymentConfig', 0);
    dev.hasResource('AWS::Lambda::Alias', {
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: {
          'Fn::If': Match.arrayWith([Match.objectLike({ BeforeAllowTrafficHook: Match.anyValue() })]),
        },
      },
    });
  });

  it('in place without CodeDeploy, which creates no resources', () => {
    const local = templateOf('local');
    local.resourceCountIs('AWS::CodeDeploy::Application', 0);
    local.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
    local.hasResource('AWS::Lambda::Alias', { UpdatePolicy: Match.absent() });
    expect(local.findOutputs('Deployment*')).toEqual({});
  });
});

const conditions = (template: Template) => Object.entries(template.toJSON()['Conditions'] ?? {});

describe('a rollback', () => {
  const [isRolledBack = ''] = conditions(prod).map(([id]) => id);
  const parameter = `RolledBackTo${version.slice(-32)}`;
  const live = { 'Fn::If': [isRolledBack, { Ref: parameter }, { 'Fn::GetAtt': [version, 'Version'] }] };

  it('is a parameter of the stack, which CloudFormation obeys without CodeDeploy', () => {
    prod.hasParameter(parameter, { Type: 'String', Default: '' });
    expect(conditions(prod)).toEqual([
      [isRolledBack, { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: parameter }, ''] }] }],
    ]);
    prod.hasResource('AWS::Lambda::Alias', {
      Properties: { FunctionVersion: live },
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: {
          'Fn::If': [isRolledBack, { Ref: 'AWS::NoValue' }, Match.objectLike({})],
        },
      },
    });
    prod.hasOutput('LiveVersion', { Value: live });
  });

  it('ends with the next version, whose template has another parameter', () => {
    const next = templateOf('prod', { memoryMiB: 2048 });
    const names = Object.keys(next.toJSON()['Parameters']).filter((key) => key.startsWith('RolledBackTo'));
    expect(names).toHaveLength(1);
    expect(names).not.toEqual([parameter]);
  });

  it('works without CodeDeploy too', () => {
    const local = templateOf('local');
    local.hasResource('AWS::Lambda::Alias', {
      Properties: { FunctionVersion: { 'Fn::If': Match.anyValue() } },
      UpdatePolicy: Match.absent(),
    });
  });
});

describe('a deployment', () => {
  it('checks the new version before moving the alias, and the alias afterwards', () => {
    prod.hasResource('AWS::Lambda::Alias', {
      Properties: { Name: 'live' },
      UpdatePolicy: {
        CodeDeployLambdaAliasUpdate: {
          'Fn::If': [
            Match.anyValue(),
            Match.anyValue(),
            {
              ApplicationName: { Ref: logicalId(prod, 'AWS::CodeDeploy::Application', {}) },
              DeploymentGroupName: { Ref: logicalId(prod, 'AWS::CodeDeploy::DeploymentGroup', {}) },
              BeforeAllowTrafficHook: { Ref: hook('pre-traffic') },
              AfterAllowTrafficHook: { Ref: hook('post-traffic') },
            },
          ],
        },
      },
    });
    prod.hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['pre-traffic.handler'] },
      Environment: {
        Variables: { TARGET_FUNCTION: { Ref: version }, TRAFFIC_FUNCTION: { Ref: hook('canary-traffic') } },
      },
    });
    prod.hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['post-traffic.handler'] },
      Environment: {
        Variables: {
          TARGET_FUNCTION: { 'Fn::Join': ['', [{ Ref: classifier }, ':live']] },
          EXPECTED_VERSION: { 'Fn::GetAtt': [version, 'Version'] },
        },
      },
    });
  });

  it('gets photos during the shift, and keeps its alarms for some minutes after it', () => {
    prod.hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['canary-traffic.handler'] },
      Timeout: 900,
      Environment: {
        Variables: {
          TARGET_FUNCTION: { 'Fn::Join': ['', [{ Ref: classifier }, ':live']] },
          EXPECTED_VERSION: { 'Fn::GetAtt': [version, 'Version'] },
          SHIFT_MINUTES: '6',
          PHOTOS_PER_MINUTE: '30',
        },
      },
    });
    prod.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: hook('canary-traffic') },
      MaximumRetryAttempts: 0,
    });
    prod.hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['post-traffic.handler'] },
      Timeout: 240 + 5 * 60,
      Environment: { Variables: { BAKE_MINUTES: '5', PHOTOS_PER_MINUTE: '30' } },
    });
  });

  it('expects the classes of the stage in the photo, which a model of your own needs', () => {
    const expectedBy = (template: Template) =>
      ['pre-traffic', 'canary-traffic', 'post-traffic'].map((name) => {
        const found = template.findResources('AWS::Lambda::Function', {
          Properties: { ImageConfig: { Command: [`${name}.handler`] } },
        });
        const [created] = Object.values(found);
        return JSON.parse(created?.['Properties'].Environment.Variables.EXPECTED_CLASSES);
      });
    for (const classes of expectedBy(prod)) expect(classes).toEqual(CAT_WNIDS);
    const own = templateOf('prod', { canaryClasses: ["jack-o'-lantern", 'n02124075'] });
    for (const classes of expectedBy(own)) expect(classes).toEqual(["jack-o'-lantern", 'n02124075']);
  });

  it.each([
    [{ kind: 'canary', percent: 10, minutes: 2880 }, '13'],
    [{ kind: 'linear', percent: 30, minutes: 2 }, '7'],
  ])('of the shift %j gets photos for %s minutes', (delivery, minutes) => {
    templateOf('prod', { delivery }).hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['canary-traffic.handler'] },
      Environment: { Variables: { SHIFT_MINUTES: minutes } },
    });
  });

  it.each([
    ['dev', {}],
    ['prod', { delivery: { photosPerMinute: 0 } }],
  ] as const)('has no function for photos without a shift or without photos: %s %j', (stage, overrides) => {
    const commands = Object.values(templateOf(stage, overrides).findResources('AWS::Lambda::Function'));
    expect(JSON.stringify(commands)).not.toContain('canary-traffic');
    expect(JSON.stringify(commands)).toContain('post-traffic');
  });

  it.each([10, 0])('may wait %i minutes within the time that Lambda gives a function', (bakeMinutes) => {
    const functions = templateOf('prod', { delivery: { bakeMinutes } }).findResources(
      'AWS::Lambda::Function',
    );
    for (const { Properties } of Object.values(functions))
      expect(Properties.Timeout).toBeLessThanOrEqual(900);
  });

  it('starts only once the role of CodeDeploy has its permissions', () => {
    const policies = Object.entries(prod.findResources('AWS::IAM::Policy'))
      .filter(([, { Properties }]) =>
        JSON.stringify(Properties.PolicyDocument).includes('"lambda:UpdateAlias"'),
      )
      .map(([id]) => id);
    expect(policies).toHaveLength(1);
    prod.hasResource('AWS::Lambda::Alias', { DependsOn: Match.arrayWith(policies) });
  });

  it('is rolled back if it fails or is stopped', () => {
    prod.hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      AutoRollbackConfiguration: {
        Enabled: true,
        Events: Match.arrayWith(['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_REQUEST']),
      },
    });
  });

  it('is rolled back if an alarm goes off', () => {
    const stage = readStage('prod');
    const stack = new Stack();
    const image = new ServiceImage(stack, 'Image', stage.settings);
    const service = new ClassifierFunction(stack, 'Service', { image, stage });
    const metric = new Metric({ namespace: 'Test', metricName: 'Faults' });
    const alarm = new Alarm(stack, 'Alarm', { metric, threshold: 1, evaluationPeriods: 1 });
    new Delivery(stack, 'Delivery', { service, image, stage, rollbackAlarms: [alarm] });
    Template.fromStack(stack).hasResourceProperties('AWS::CodeDeploy::DeploymentGroup', {
      AlarmConfiguration: { Enabled: true, Alarms: [{ Name: stack.resolve(alarm.alarmName) }] },
      AutoRollbackConfiguration: { Events: Match.arrayWith(['DEPLOYMENT_STOP_ON_ALARM']) },
    });
  });

  it('watches the alarms of the stage, at most as many as CodeDeploy accepts', () => {
    const [group] = Object.values(prod.findResources('AWS::CodeDeploy::DeploymentGroup'));
    const { Enabled, Alarms } = group?.['Properties'].AlarmConfiguration ?? {};
    expect(Enabled).toBe(true);
    expect(Alarms.length).toBeGreaterThan(0);
    expect(Alarms.length).toBeLessThanOrEqual(10);
  });

  it('retains old versions for rollbacks, except one whose deployment failed', () => {
    prod.allResources('AWS::Lambda::Version', { DeletionPolicy: 'RetainExceptOnCreate' });
  });

  it('has its names in the outputs of the CloudFormation stack', () => {
    prod.hasOutput('DeploymentApplication', {
      Value: { Ref: logicalId(prod, 'AWS::CodeDeploy::Application', {}) },
    });
    prod.hasOutput('DeploymentGroup', {
      Value: { Ref: logicalId(prod, 'AWS::CodeDeploy::DeploymentGroup', {}) },
    });
  });
});

describe('permissions', () => {
  it('let each hook invoke only its own target', () => {
    const alias = { 'Fn::Join': ['', [{ 'Fn::GetAtt': [classifier, 'Arn'] }, ':live']] };
    const traffic = { 'Fn::GetAtt': [hook('canary-traffic'), 'Arn'] };
    expect(invoked(hook('pre-traffic')).flat()).toEqual([traffic, { Ref: version }]);
    expect(invoked(hook('canary-traffic'))).toEqual([alias]);
    expect(invoked(hook('post-traffic'))).toEqual([alias]);
  });

  it.each([
    ['pre-traffic', { Ref: version }],
    ['post-traffic', { 'Fn::Join': ['', [{ 'Fn::GetAtt': [classifier, 'Arn'] }, ':live']] }],
  ])('let %s look whether its target is active', (name, target) => {
    const read = statementsOf(roleOf(hook(name))).filter(
      ({ Action }) => Action === 'lambda:GetFunctionConfiguration',
    );
    expect(read.map(({ Resource }) => Resource)).toEqual([[{ 'Fn::GetAtt': [classifier, 'Arn'] }, target]]);
  });

  it('let only the hook after the shift remember a version as known to be good', () => {
    const ssm = (name: string) =>
      statementsOf(roleOf(hook(name))).filter(({ Action }) => JSON.stringify(Action).includes('ssm:'));
    expect(ssm('pre-traffic')).toEqual([]);
    expect(ssm('post-traffic')).toEqual([
      expect.objectContaining({ Action: ['ssm:GetParameter', 'ssm:PutParameter'] }),
    ]);
    expect(JSON.stringify(ssm('post-traffic')[0]?.Resource)).toMatch(
      new RegExp(`:parameter/resnet50/known-good/",{"Ref":"${classifier}"}`),
    );
  });

  it.each(['pre-traffic', 'post-traffic'])('let %s report to its own deployment group', (name) => {
    const [report, ...others] = statementsOf(roleOf(hook(name))).filter(({ Action }) =>
      String(Action).startsWith('codedeploy:'),
    );
    expect(others).toEqual([]);
    expect(report?.Action).toBe('codedeploy:PutLifecycleEventHookExecutionStatus');
    expect(JSON.stringify(report?.Resource)).toContain(
      logicalId(prod, 'AWS::CodeDeploy::DeploymentGroup', {}),
    );
  });

  it('let CodeDeploy move only this alias, without a policy managed by AWS', () => {
    const group = prod.findResources('AWS::CodeDeploy::DeploymentGroup');
    const [role] = Object.values(group).map(({ Properties }) => Properties.ServiceRoleArn['Fn::GetAtt'][0]);
    expect(prod.findResources('AWS::IAM::Role')[role]?.['Properties']).not.toHaveProperty(
      'ManagedPolicyArns',
    );
    const everything = statementsOf(role).filter(({ Resource }) => Resource === '*');
    expect(everything.map(({ Action }) => Action)).toEqual(['cloudwatch:DescribeAlarms']);
  });

  it('keep the hooks out of the private network, which may not reach AWS', () => {
    const vpc = {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-west-1a'],
      privateSubnetIds: ['subnet-0123456789abcdef0'],
    };
    const template = templateOf('prod', { vpc });
    template.hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['index.handler'] },
      VpcConfig: Match.anyValue(),
    });
    template.hasResourceProperties('AWS::Lambda::Function', {
      ImageConfig: { Command: ['pre-traffic.handler'] },
      VpcConfig: Match.absent(),
    });
  });
});
