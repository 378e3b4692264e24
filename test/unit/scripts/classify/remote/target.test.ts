import { APIGatewayClient, GetApiKeyCommand } from '@aws-sdk/client-api-gateway';
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test, vi } from 'vitest';
import { stageService, urlService } from '../../../../../scripts/lib/classify/remote/target.ts';

const cloudFormation = mockClient(CloudFormationClient);
const gateway = mockClient(APIGatewayClient);
beforeEach(() => {
  cloudFormation.reset();
  gateway.reset();
  vi.unstubAllEnvs();
});

function deployed(outputs: Readonly<Record<string, string>>): void {
  const all = {
    ApiUrl: 'https://abc.execute-api.eu-central-1.amazonaws.com/prod',
    AliasArn: 'arn:aws:lambda:eu-central-1:123456789012:function:resnet50:live',
    ...outputs,
  };
  const Outputs = Object.entries(all).map(([OutputKey, OutputValue]) => ({ OutputKey, OutputValue }));
  const stack = {
    StackName: 'resnet50-prod',
    CreationTime: new Date(),
    StackStatus: 'CREATE_COMPLETE' as const,
    Outputs,
  };
  cloudFormation.on(DescribeStacksCommand, { StackName: 'resnet50-prod' }).resolves({ Stacks: [stack] });
}

const authorized = async (service: Awaited<ReturnType<typeof stageService>>) =>
  service.credentials.authorize({
    method: 'POST',
    url: new URL('uploads', service.url),
    headers: new Headers(),
    body: undefined,
  });

test('a stage has its URL, below which the paths of the API are, and its key', async () => {
  deployed({ Auth: 'api-key', ApiKeyId: 'id' });
  gateway.on(GetApiKeyCommand, { apiKey: 'id', includeValue: true }).resolves({ value: 'the-key' });
  const service = await stageService('prod');
  expect(new URL('uploads', service.url).pathname).toBe('/prod/uploads');
  expect((await authorized(service)).get('x-api-key')).toBe('the-key');
});

test('a stage with tokens needs one in the environment', async () => {
  deployed({ Auth: 'jwt' });
  vi.stubEnv('API_TOKEN', '');
  await expect(stageService('prod')).rejects.toThrow(
    '--stage prod: expected API_TOKEN in the environment, got none',
  );
  vi.stubEnv('API_TOKEN', 'the-token');
  expect((await authorized(await stageService('prod'))).get('authorization')).toBe('Bearer the-token');
});

test('a URL may have a path, with or without a slash at its end', async () => {
  for (const url of ['https://example.com/v1', 'https://example.com/v1/']) {
    const service = await urlService(url, { auth: undefined, 'api-key': 'the-key' });
    expect(new URL('jobs', service.url).href).toBe('https://example.com/v1/jobs');
  }
});
