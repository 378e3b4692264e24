import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { knownGoodBefore, markKnownGood, withKnownGood } from '../../../lambda/operations/known-good.ts';

const ssm = new SSMClient({ region: 'eu-central-1' });
const mock = mockClient(ssm);
const Name = '/resnet50/known-good/classify';
const written = () =>
  mock.commandCalls(PutParameterCommand).map(({ args: [command] }) => command.input.Value);

beforeEach(() => {
  mock.reset();
  mock.on(PutParameterCommand).resolves({});
});

describe('the version to go back to', () => {
  test('is the one that was known to be good before the live one', () => {
    expect(knownGoodBefore(['42', '40', '38'], '42')).toBe('40');
  });

  test('is never one that was rolled back', () => {
    // 40 passed; 41 was rolled back, so nothing remembered it; 42 passed.
    const versions = withKnownGood(withKnownGood([], '40'), '42');
    expect(knownGoodBefore(versions, '42')).toBe('40');
  });

  test('is the newest known-good one if the live one did not pass', () => {
    expect(knownGoodBefore(['40', '38'], '43')).toBe('40');
  });

  test.each([
    [[], '1'],
    [['40'], '40'],
  ])('does not exist with only %j known to be good and %s live', (versions, live) => {
    expect(knownGoodBefore(versions, live)).toBeUndefined();
  });

  test('is not the version that was just taken back', () => {
    const versions = withKnownGood(['42', '40', '38'], '40');
    expect(versions).toEqual(['40', '38']);
    expect(knownGoodBefore(versions, '40')).toBe('38');
    expect(knownGoodBefore(withKnownGood(versions, '43'), '43')).toBe('40');
  });
});

describe('the parameter', () => {
  test('is created with the first version that passes', async () => {
    mock.on(GetParameterCommand, { Name }).rejects(Object.assign(new Error(), { name: 'ParameterNotFound' }));
    await markKnownGood(ssm, 'classify', '1');
    expect(written()).toEqual(['1']);
  });

  test('gets the newest version first, and forgets the oldest', async () => {
    const many = Array.from({ length: 20 }, (_, index) => String(40 - index));
    mock.on(GetParameterCommand, { Name }).resolves({ Parameter: { Value: many.join() } });
    await markKnownGood(ssm, 'classify', '42');
    expect(written()).toEqual([['42', ...many.slice(0, 19)].join()]);
  });

  test('is not written again for the same version', async () => {
    mock.on(GetParameterCommand, { Name }).resolves({ Parameter: { Value: '42,40' } });
    await markKnownGood(ssm, 'classify', '42');
    expect(written()).toEqual([]);
  });

  test('passes other errors on', async () => {
    mock.on(GetParameterCommand).rejects(Object.assign(new Error('no'), { name: 'AccessDeniedException' }));
    await expect(markKnownGood(ssm, 'classify', '42')).rejects.toThrow('no');
  });
});
