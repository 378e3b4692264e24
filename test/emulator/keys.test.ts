import { APIGatewayClient } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { expect, test } from 'vitest';
import { readStackOutputs } from '../../scripts/lib/aws/stack-outputs.ts';
import { type KeyAction, runKeyAction } from '../../scripts/lib/keys/keys.ts';
import { stageKeysOf } from '../../scripts/lib/keys/stage-keys.ts';
import { call, client } from './support.ts';

test('a key opens predictions from its creation until it is disabled', async () => {
  const outputs = await readStackOutputs(new CloudFormationClient(client), 'local');
  const stageKeys = stageKeysOf(new APIGatewayClient(client), 'local', outputs);
  const run = async (action: KeyAction, show = false) => {
    const printed: string[] = [];
    const terminal = {
      print: (text: string) => printed.push(text),
      say: () => {},
      isTerminal: false,
      confirm: async () => true,
    };
    await runKeyAction(stageKeys, terminal, {
      action,
      key: action === 'list' ? undefined : 'acme',
      show,
      yes: true,
    });
    return printed.join('\n');
  };
  const key = await run('create', true);
  // A body without an image gets 415 from the service. API Gateway refuses a key before the service sees it.
  const status = async () => {
    const headers = { 'content-type': 'image/jpeg' };
    return (await call('/predict', { method: 'POST', body: 'no image', headers, key })).status;
  };

  expect(await run('show')).toBe(key);
  expect(await status()).toBe(415);
  expect(await run('list')).toMatch(/^acme +\w+ +enabled/m);
  await run('disable');
  expect(await status()).toBe(403);
  expect(await run('list')).toMatch(/^acme +\w+ +disabled/m);
  await run('enable');
  expect(await status()).toBe(415);
  await run('disable');
  await run('delete');
  expect(await run('list')).not.toContain('acme');
});
