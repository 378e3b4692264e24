import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { remember } from '../../../../scripts/lib/smoke/deployed.ts';

const ssm = new SSMClient({ region: 'eu-central-1' });
const mock = mockClient(ssm);

beforeEach(() => {
  mock.reset();
  mock.on(PutParameterCommand).resolves({});
  mock.on(GetParameterCommand).resolves({ Parameter: { Value: '40' } });
});

describe('a version that passed the smoke test', () => {
  it('is remembered as known to be good', async () => {
    expect(await remember(ssm, 'classify', '42')).toMatchObject({ status: 'ok' });
    expect(mock.commandCalls(PutParameterCommand)[0]?.args[0].input).toMatchObject({ Value: '42,40' });
  });

  it('is a warning if it cannot be remembered', async () => {
    mock
      .on(PutParameterCommand)
      .rejects(Object.assign(new Error('not allowed'), { name: 'AccessDeniedException' }));
    expect(await remember(ssm, 'classify', '42')).toEqual({
      name: 'known good',
      status: 'warn',
      found: 'version 42 could not be remembered: no permission: not allowed',
      advice: 'A later rollback to this version needs --to.',
    });
  });
});
