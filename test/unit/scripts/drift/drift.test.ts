import {
  CloudFormationClient,
  DescribeStackDriftDetectionStatusCommand,
  DescribeStackResourceDriftsCommand,
  DetectStackDriftCommand,
  type PropertyDifference,
  type StackResourceDriftStatus,
} from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, it } from 'vitest';
import { findDrift } from '../../../../scripts/lib/drift/drift.ts';

const stack = 'resnet50-prod';

interface Seen {
  readonly id: string;
  readonly type: string;
  readonly status: StackResourceDriftStatus;
  readonly differences?: readonly Pick<PropertyDifference, 'PropertyPath' | 'ActualValue'>[];
  readonly reason?: string;
}

/** Detects drift in a stack of these resources, which CloudFormation returns one a page. */
async function drift(resources: readonly Seen[], isScheduled = false) {
  const client = new CloudFormationClient({ region: 'eu-central-1' });
  const mock = mockClient(client);
  const detection = { StackDriftDetectionId: 'detection-1' };
  mock.on(DetectStackDriftCommand, { StackName: stack }).resolves(detection);
  const status = { StackId: stack, Timestamp: new Date(), ...detection };
  mock
    .on(DescribeStackDriftDetectionStatusCommand, detection)
    .resolvesOnce({ ...status, DetectionStatus: 'DETECTION_IN_PROGRESS' })
    .resolves({ ...status, DetectionStatus: 'DETECTION_COMPLETE' });
  for (const [page, { id, type, status, differences = [], reason }] of resources.entries()) {
    mock
      .on(DescribeStackResourceDriftsCommand, {
        StackName: stack,
        NextToken: page === 0 ? undefined : `page-${page}`,
      })
      .resolves({
        NextToken: page + 1 < resources.length ? `page-${page + 1}` : undefined,
        StackResourceDrifts: [
          {
            StackId: stack,
            LogicalResourceId: id,
            ResourceType: type,
            Timestamp: new Date(),
            StackResourceDriftStatus: status,
            DriftStatusReason: reason,
            PropertyDifferences: differences.map(({ PropertyPath, ActualValue }) => ({
              PropertyPath,
              ExpectedValue: '1769',
              ActualValue,
              DifferenceType: 'NOT_EQUAL',
            })),
          },
        ],
      });
  }
  return findDrift(client, { stack, isScheduled, pauseMs: 1 });
}

const same: Seen = { id: 'Log', type: 'AWS::Logs::LogGroup', status: 'IN_SYNC' };
const modified = (type: string, ...paths: string[]): Seen => ({
  id: 'Changed',
  type,
  status: 'MODIFIED',
  differences: paths.map((PropertyPath) => ({ PropertyPath, ActualValue: '512' })),
});

describe('drift', () => {
  it('is none if every resource is as in the template', async () => {
    expect(await drift([same, { ...same, status: 'NOT_CHECKED' }])).toEqual([
      { name: stack, status: 'ok', found: '2 resources are as in the template' },
    ]);
  });

  it('names the resource, the property and both values', async () => {
    const [changed, all] = await drift([same, modified('AWS::Lambda::Function', '/MemorySize')]);
    expect(changed).toMatchObject({
      name: 'Changed',
      status: 'fail',
      found: 'AWS::Lambda::Function was changed: /MemorySize expected 1769, got 512',
    });
    expect(all?.found).toBe('1 resources are as in the template');
  });

  it('is a deleted resource', async () => {
    const [deleted] = await drift([{ ...same, status: 'DELETED' }]);
    expect(deleted).toMatchObject({ name: 'Log', status: 'fail', found: 'AWS::Logs::LogGroup was deleted' });
  });

  it('is unknown, and no failure, if the role may not read a resource', async () => {
    const [unknown] = await drift([{ ...same, status: 'UNKNOWN', reason: 'AccessDenied\nsecond line' }]);
    expect(unknown).toMatchObject({
      status: 'warn',
      found: 'AWS::Logs::LogGroup could not be read: AccessDenied',
    });
  });

  it.each([
    [
      'the warm environments',
      'AWS::Lambda::Alias',
      '/ProvisionedConcurrencyConfig/ProvisionedConcurrentExecutions',
      false,
      1,
    ],
    ['the version of the alias', 'AWS::Lambda::Alias', '/FunctionVersion', false, 2],
    ['the limits of scaling', 'AWS::ApplicationAutoScaling::ScalableTarget', '/MinCapacity', false, 2],
    [
      'the limits of scaling, by a schedule',
      'AWS::ApplicationAutoScaling::ScalableTarget',
      '/MinCapacity',
      true,
      1,
    ],
  ] as const)('%s: AWS may change it, or not', async (_, type, path, isScheduled, findings) => {
    expect(await drift([modified(type, path)], isScheduled)).toHaveLength(findings);
  });

  it('names only what AWS does not change', async () => {
    const [changed] = await drift([
      modified('AWS::Lambda::Alias', '/ProvisionedConcurrencyConfig', '/FunctionVersion'),
    ]);
    expect(changed?.found).toBe('AWS::Lambda::Alias was changed: /FunctionVersion expected 1769, got 512');
  });
});
