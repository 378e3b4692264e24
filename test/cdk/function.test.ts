import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { only } from './resources.ts';
import { templateOf } from './support.ts';

const alias = (properties: object) => Match.objectLike({ Name: 'live', ...properties });
const classifier = (properties: object) =>
  Match.objectLike({ ImageConfig: { Command: ['index.handler'] }, ...properties });

describe('the classifier function', () => {
  const prod = templateOf('prod');

  it('runs the image with the memory, timeout and environment of the stage', () => {
    prod.hasResourceProperties(
      'AWS::Lambda::Function',
      classifier({
        PackageType: 'Image',
        Architectures: ['x86_64'],
        MemorySize: 1769,
        Timeout: 28,
        RecursiveLoop: 'Terminate',
        TracingConfig: { Mode: 'Active' },
        Environment: { Variables: { STAGE: 'prod', LOG_LEVEL: 'INFO', MODELS: 'resnet50' } },
        ReservedConcurrentExecutions: Match.absent(),
      }),
    );
  });

  it('builds the image for the architecture of the function', () => {
    const arm = templateOf('dev', { architecture: 'arm64' });
    arm.allResourcesProperties('AWS::Lambda::Function', { Architectures: ['arm64'] });
  });

  it('keeps 3 environments warm and scales to 10 at 70 % utilization', () => {
    prod.hasResourceProperties(
      'AWS::Lambda::Alias',
      alias({ ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 3 } }),
    );
    prod.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      MinCapacity: 3,
      MaxCapacity: 10,
      ScalableDimension: 'lambda:function:ProvisionedConcurrency',
      ServiceNamespace: 'lambda',
    });
    expect(only(prod, 'AWS::ApplicationAutoScaling::ScalingPolicy').properties).toMatchObject({
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingScalingPolicyConfiguration: { TargetValue: 0.7 },
    });
  });

  it('does not scale because of the probe', () => {
    const trackedBy = (overrides: object) => {
      const policy = only(templateOf('staging', overrides), 'AWS::ApplicationAutoScaling::ScalingPolicy');
      return policy.properties.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification.Metrics;
    };
    const [requests, utilization, used] = trackedBy({});
    const { Ref: classifierId } = utilization.MetricStat.Metric.Dimensions[0].Value;
    for (const [{ MetricStat }, MetricName, Stat] of [
      [requests, 'ProvisionedConcurrencyInvocations', 'Sum'],
      [utilization, 'ProvisionedConcurrencyUtilization', 'Average'],
    ]) {
      expect(MetricStat).toEqual({
        Metric: {
          Namespace: 'AWS/Lambda',
          MetricName,
          Dimensions: [
            { Name: 'FunctionName', Value: { Ref: classifierId } },
            { Name: 'Resource', Value: { 'Fn::Join': ['', [{ Ref: classifierId }, ':live']] } },
          ],
        },
        Stat,
      });
    }
    expect(used).toMatchObject({ Expression: 'IF(requests > 1, utilization, 0)', ReturnData: true });
    expect(trackedBy({ probe: 'off' }).at(-1).Expression).toBe('IF(requests > 0, utilization, 0)');
  });

  it('adds environments after spillover if the stage says so', () => {
    const stepped = templateOf('prod', { coldStart: { step: { environments: 2 } } });
    stepped.hasResourceProperties('AWS::ApplicationAutoScaling::ScalingPolicy', {
      PolicyType: 'StepScaling',
      StepScalingPolicyConfiguration: {
        AdjustmentType: 'ChangeInCapacity',
        Cooldown: 180,
        StepAdjustments: [
          { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 19, ScalingAdjustment: 2 },
          { MetricIntervalLowerBound: 19, ScalingAdjustment: 4 },
        ],
      },
    });
    stepped.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ProvisionedConcurrencySpilloverInvocations',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
    });
  });

  it('applies schedules in their time zone', () => {
    const morning = {
      name: 'Morning',
      cron: '0 8 ? * MON-FRI *',
      timeZone: 'Europe/Berlin',
      min: 6,
      max: 20,
    };
    const scheduled = templateOf('prod', { coldStart: { schedules: [morning] } });
    scheduled.hasResourceProperties('AWS::ApplicationAutoScaling::ScalableTarget', {
      ScheduledActions: [
        {
          ScheduledActionName: 'Morning',
          Schedule: 'cron(0 8 ? * MON-FRI *)',
          Timezone: 'Europe/Berlin',
          ScalableTargetAction: { MinCapacity: 6, MaxCapacity: 20 },
        },
      ],
    });
  });

  it('does not scale with SnapStart or on demand', () => {
    const snapstart = templateOf('prod', { coldStart: { kind: 'snapstart' } });
    snapstart.hasResourceProperties(
      'AWS::Lambda::Function',
      classifier({ SnapStart: { ApplyOn: 'PublishedVersions' } }),
    );
    for (const template of [snapstart, templateOf('dev')]) {
      template.resourceCountIs('AWS::ApplicationAutoScaling::ScalableTarget', 0);
      template.hasResourceProperties(
        'AWS::Lambda::Alias',
        alias({ ProvisionedConcurrencyConfig: Match.absent() }),
      );
    }
  });

  it('reserves concurrency only if the stage sets it', () => {
    templateOf('prod', { reservedConcurrency: 50 }).hasResourceProperties(
      'AWS::Lambda::Function',
      classifier({ ReservedConcurrentExecutions: 50 }),
    );
  });

  it('keeps logs as long as the stage says, and beyond the CloudFormation stack if it says so', () => {
    prod.allResources('AWS::Logs::LogGroup', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: Match.objectLike({ RetentionInDays: 90 }),
    });
    templateOf('dev').allResources('AWS::Logs::LogGroup', {
      DeletionPolicy: 'Delete',
      Properties: Match.objectLike({ RetentionInDays: 7 }),
    });
  });

  it('runs in the private subnets of the stage’s VPC, if it has one', () => {
    const vpc = {
      vpcId: 'vpc-0123456789abcdef0',
      availabilityZones: ['eu-central-1a', 'eu-central-1b'],
      privateSubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'],
    };
    templateOf('prod', { vpc }).hasResourceProperties(
      'AWS::Lambda::Function',
      classifier({
        VpcConfig: Match.objectLike({ SubnetIds: ['subnet-0123456789abcdef0', 'subnet-0123456789abcdef1'] }),
      }),
    );
  });

  it('tags every resource with its stage and the tags of the stage', () => {
    templateOf('dev', { tags: { team: 'vision' } }).hasResourceProperties(
      'AWS::Lambda::Function',
      classifier({
        Tags: Match.arrayWith([
          { Key: 'stage', Value: 'dev' },
          { Key: 'team', Value: 'vision' },
        ]),
      }),
    );
  });
});

describe('permissions', () => {
  it('allow actions on all resources only where AWS supports no resource-level permissions', () => {
    // Reading composite alarms requires access to all alarms. The other actions have no resources, or AWS's
    // documents disagree: docs/adr/0022 and 0028.
    const withoutResource = [
      /^xray:(Put|GetSampling)/,
      /^ec2:.*(NetworkInterface|Subnets|PrivateIp)/,
      /^cloudwatch:DescribeAlarms$/,
      /^codedeploy:StopDeployment$/,
      /^logs:(GetQueryResults|StopQuery)$/,
      /^logs:(\w+LogDeliver(y|ies)|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)$/,
    ];
    const statements = Object.values(templateOf('prod').findResources('AWS::IAM::Policy')).flatMap(
      (policy) => policy['Properties'].PolicyDocument.Statement,
    );
    expect(statements.length).toBeGreaterThan(0);
    for (const { Action, Resource } of statements) {
      const actions: string[] = [Action].flat();
      expect(actions.join()).not.toMatch(/\*/);
      if (Resource !== '*') continue;
      for (const action of actions)
        expect(
          withoutResource.some((known) => known.test(action)),
          action,
        ).toBe(true);
    }
  });
});
