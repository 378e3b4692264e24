import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { expect, inject, test } from 'vitest';
import { aliasCheck, versionCheck } from '../../lambda/operations/checks.ts';
import { readHookSettings } from '../../lambda/operations/settings.ts';
import { STACK } from '../../scripts/emulator/cdk.ts';
import { apiKey } from '../../scripts/lib/credentials/credentials.ts';
import { findDrift } from '../../scripts/lib/drift/drift.ts';
import { hasFailed } from '../../scripts/lib/findings/report.ts';
import { smoke } from '../../scripts/lib/smoke/smoke.ts';
import { client, retry, stackOutput } from './support.ts';

const lambda = new LambdaClient(client);
const settings = readHookSettings({ TARGET_FUNCTION: stackOutput('AliasArn') });
const { signal } = new AbortController();

test('the smoke test of the deployed API succeeds', async () => {
  const { apiUrl: url, apiKey: key } = inject('deployment');
  const target = { url, credentials: apiKey(key, 'ApiKeyId') };
  // Another test may just have used up the rate of the key.
  const findings = await retry(
    async () => {
      const found = await smoke(target, 'api-key');
      if (hasFailed(found)) throw new Error(JSON.stringify(found, null, 2));
      return found;
    },
    { pauseMs: 1000 },
  );
  expect(findings.map(({ name }) => name)).toContain('predict');
});

test.each([
  ['before', versionCheck(lambda)],
  ['after', aliasCheck(lambda)],
])(
  "a deployment's check %s traffic has moved classifies the photo, and minds its class",
  async (_when, check) => {
    expect(await check(settings, signal)).toMatchObject({ label: 'Egyptian cat' });
    const goldfish = { ...settings, expectedClasses: ['n01443537'] };
    await expect(check(goldfish, signal)).rejects.toThrow(
      /expected one of the classes n01443537, got n02124075/,
    );
  },
);

test('the probe runs from the same image, and reports a URL that does not answer', async () => {
  const { Functions = [] } = await lambda.send(new ListFunctionsCommand());
  const probe = Functions.find(({ Environment }) => Environment?.Variables?.['PROBE_TIMEOUT_MS']);
  const { FunctionError } = await lambda.send(new InvokeCommand({ FunctionName: probe?.FunctionName }));
  expect(FunctionError).toBeUndefined();
  const { events = [] } = await new CloudWatchLogsClient(client).send(
    new FilterLogEventsCommand({ logGroupName: probe?.LoggingConfig?.LogGroup, filterPattern: '{' }),
  );
  const lines = events.map(({ message = '' }) => message).filter((line) => line.startsWith('{'));
  // The API's own host name exists only on AWS.
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ ProbeSuccess: 0, stage: 'local' }),
      expect.objectContaining({ message: 'probe', success: false }),
    ]),
  );
});

test('the drift of the stage is found, and nothing was deleted', async () => {
  const findings = await findDrift(new CloudFormationClient(client), {
    stack: STACK,
    isScheduled: false,
    pauseMs: 100,
  });
  expect(findings.at(-1)).toMatchObject({ name: STACK, status: 'ok' });
  expect(findings.filter(({ found }) => found.includes('was deleted'))).toEqual([]);
});
