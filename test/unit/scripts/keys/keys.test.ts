import {
  APIGatewayClient,
  CreateApiKeyCommand,
  CreateUsagePlanKeyCommand,
  DeleteApiKeyCommand,
  GetApiKeyCommand,
  GetUsageCommand,
  GetUsagePlanKeysCommand,
  UpdateApiKeyCommand,
} from '@aws-sdk/client-api-gateway';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../../scripts/lib/command/usage-error.ts';
import { checkRequest, type KeyRequest, runKeyAction } from '../../../../scripts/lib/keys/keys.ts';
import { listKeys } from '../../../../scripts/lib/keys/list.ts';
import { stageKeysOf } from '../../../../scripts/lib/keys/stage-keys.ts';

const gateway = new APIGatewayClient({ region: 'eu-central-1' });
const mock = mockClient(gateway);
const named = (name: string, message = name) => Object.assign(new Error(message), { name });

const outputs = {
  apiUrl: 'https://api.example.com/',
  apiKeyId: 'own1234567',
  usagePlanId: 'plan12',
  auth: 'api-key' as const,
  functionName: 'classify',
  alias: 'live',
  deployment: undefined,
  liveVersion: '7',
  dashboardUrl: undefined,
  alertsTopicArn: undefined,
  pagingTopicArn: undefined,
  stack: {
    name: 'resnet50-prod',
    status: 'UPDATE_COMPLETE',
    updated: undefined,
    parameters: [],
    rollbackParameter: undefined,
    rolledBackTo: undefined,
  },
};
const stageKeys = stageKeysOf(gateway, 'prod', outputs);

/** As AWS answers: with the values, which nothing may print. */
const KEYS = [
  { id: 'own1234567', name: 'resnet-Key-1A2B', enabled: true },
  { id: 'acme123456', name: 'acme', enabled: true },
  { id: 'old1234567', name: 'old', enabled: false },
].map((key) => ({ ...key, value: `secret-of-${key.name}` }));

function answerWith(keys: readonly (typeof KEYS)[number][]) {
  mock
    .on(GetUsagePlanKeysCommand, { usagePlanId: 'plan12' })
    .resolvesOnce({ items: keys.slice(0, 1), position: 'more' })
    .resolves({ items: keys.slice(1) });
  for (const key of keys) {
    const { value, ...described } = key;
    const created = { createdDate: new Date('2026-11-01T08:00:00Z') };
    mock
      .on(GetApiKeyCommand, { apiKey: key.id })
      .resolves({ ...described, ...created, lastUpdatedDate: new Date('2026-11-20T09:30:59Z') });
    mock.on(GetApiKeyCommand, { apiKey: key.id, includeValue: true }).resolves({ ...described, value });
  }
}

beforeEach(() => {
  mock.reset();
  answerWith(KEYS);
  mock.on(GetUsageCommand).resolves({ items: {} });
  mock.on(CreateApiKeyCommand).resolves({ id: 'new1234567', name: 'beta', value: 'secret-of-beta' });
  mock
    .on(GetApiKeyCommand, { apiKey: 'new1234567', includeValue: true })
    .resolves({ value: 'secret-of-beta' });
  for (const command of [CreateUsagePlanKeyCommand, UpdateApiKeyCommand, DeleteApiKeyCommand]) {
    mock.on(command as typeof DeleteApiKeyCommand).resolves({});
  }
});

interface Options extends Partial<KeyRequest> {
  readonly answer?: boolean;
  readonly isTerminal?: boolean;
}

function fakeTerminal({ answer = true, isTerminal = false } = {}) {
  const printed: string[] = [];
  const said: string[] = [];
  const asked: string[] = [];
  const terminal = {
    print: (text: string) => printed.push(text),
    say: (line: string) => said.push(line),
    isTerminal,
    confirm: async (question: string) => {
      asked.push(question);
      return answer;
    },
  };
  return { terminal, printed, said, asked };
}

const LIST: KeyRequest = { action: 'list', key: undefined, show: false, yes: false };

function start({ answer = true, isTerminal = false, ...given }: Options) {
  const { terminal, ...heard } = fakeTerminal({ answer, isTerminal });
  return { result: runKeyAction(stageKeys, terminal, { ...LIST, ...given }), ...heard };
}

const changes = () =>
  [CreateApiKeyCommand, CreateUsagePlanKeyCommand, UpdateApiKeyCommand, DeleteApiKeyCommand].flatMap(
    (command) => mock.commandCalls(command as typeof DeleteApiKeyCommand).map(({ args }) => args[0].input),
  );

describe('list', () => {
  it('shows every key of the usage plan, what it has used today, and no value', async () => {
    mock
      .on(GetUsageCommand, { usagePlanId: 'plan12', startDate: '2026-11-27', endDate: '2026-11-27' })
      .resolvesOnce({ items: { acme123456: [[120, 9880]] }, position: 'more' })
      .resolves({ items: { gone123456: [[1, 2]] } });
    const { terminal, printed, said } = fakeTerminal();
    await listKeys(stageKeys, terminal, new Date('2026-11-27T23:59:00Z'));
    expect(printed).toEqual([
      [
        'name             id          state     created            changed            for         used today  left today',
        'acme             acme123456  enabled   2026-11-01 08:00Z  2026-11-20 09:30Z  a client    120         9880',
        'old              old1234567  disabled  2026-11-01 08:00Z  2026-11-20 09:30Z  a client    -           -',
        'resnet-Key-1A2B  own1234567  enabled   2026-11-01 08:00Z  2026-11-20 09:30Z  smoke test  -           -',
      ].join('\n'),
    ]);
    expect(said).toEqual([]);
  });

  it('leaves out a key that was deleted meanwhile, and shows one that it may not read', async () => {
    mock.on(GetApiKeyCommand, { apiKey: 'old1234567' }).rejects(named('NotFoundException'));
    mock
      .on(GetApiKeyCommand, { apiKey: 'acme123456' })
      .rejects(named('AccessDeniedException', 'User: b may not'));
    const { result, printed, said } = start({});
    await result;
    expect(printed.join()).not.toContain('old');
    expect(printed.join()).toMatch(/^acme +acme123456 +- +- +- +a client +- +-$/m);
    expect(said).toEqual(['The state of acme is unknown: no permission: User: b may not']);
  });

  it('works without the usage', async () => {
    mock.on(GetUsageCommand).rejects(named('AccessDeniedException', 'User: b may not'));
    const { result, printed, said } = start({});
    expect(await result).toBe(true);
    expect(printed.join()).toContain('acme123456');
    expect(said).toEqual(['How much each key has used is unknown: no permission: User: b may not']);
  });
});

describe('create', () => {
  it('adds a tagged key to the usage plan, and says how to see its value', async () => {
    const { result, printed, said } = start({ action: 'create', key: 'beta' });
    expect(await result).toBe(true);
    expect(changes()).toEqual([
      {
        name: 'beta',
        description: 'A client of resnet50-prod',
        enabled: true,
        tags: { service: 'resnet50', stage: 'prod', purpose: 'client' },
      },
      { usagePlanId: 'plan12', keyId: 'new1234567', keyType: 'API_KEY' },
    ]);
    expect(printed).toEqual([]);
    expect(said).toEqual([
      'Created the key beta (new1234567). API Gateway may take a few minutes to apply this everywhere.',
      'To see its value: npm run keys --silent -- show beta --stage prod',
    ]);
  });

  it('prints only the value with --show', async () => {
    const { result, printed, said } = start({ action: 'create', key: 'beta', show: true });
    await result;
    expect(printed).toEqual(['secret-of-beta']);
    expect(said.join()).not.toContain('secret');
  });

  it.each([
    ['acme', 'acme is the name of a key already'],
    ['acme123456', 'acme123456 is the id of a key already'],
  ])('refuses %s, which is taken', async (key, message) => {
    await expect(start({ action: 'create', key }).result).rejects.toThrow(message);
    expect(changes()).toEqual([]);
  });

  it('deletes a key that it cannot add to the usage plan', async () => {
    mock.on(CreateUsagePlanKeyCommand).rejects(named('LimitExceededException', 'too many'));
    await expect(start({ action: 'create', key: 'beta' }).result).rejects.toThrow(
      'beta could not be added to the usage plan: LimitExceededException: too many. It was deleted again.',
    );
    expect(changes()).toContainEqual({ apiKey: 'new1234567' });
  });

  it('says how to delete the key if that fails too', async () => {
    mock.on(CreateUsagePlanKeyCommand).rejects(named('LimitExceededException', 'too many'));
    mock.on(DeleteApiKeyCommand).rejects(named('AccessDeniedException', 'User: b may not'));
    await expect(start({ action: 'create', key: 'beta' }).result).rejects.toThrow(
      /could not be deleted either: no permission: User: b may not\. .* aws apigateway delete-api-key --api-key new1234567$/,
    );
  });
});

describe('disable and enable', () => {
  it.each([
    ['disable', 'acme', 'acme123456', 'false'],
    ['enable', 'old1234567', 'old1234567', 'true'],
  ] as const)('%s %s changes the key, by its name or its id', async (action, key, apiKey, value) => {
    const { result, said } = start({ action, key });
    expect(await result).toBe(true);
    expect(changes()).toEqual([{ apiKey, patchOperations: [{ op: 'replace', path: '/enabled', value }] }]);
    expect(said.join()).toContain('may take a few minutes');
  });

  it('change nothing if the key is in that state', async () => {
    const { result, said } = start({ action: 'disable', key: 'old' });
    expect(await result).toBe(true);
    expect(said).toEqual(['old (old1234567) is disabled already.']);
    expect(changes()).toEqual([]);
  });

  it("can stop the stage's own key, which may have leaked, and say what to do then", async () => {
    const { result, said } = start({ action: 'disable', key: 'own1234567' });
    await result;
    expect(changes()).toHaveLength(1);
    expect(said.at(-1)).toMatch(/smoke test fails until .* raise auth\.generation in cdk\.json and deploy/);
  });

  it('accept only keys of the usage plan, and list those', async () => {
    await expect(start({ action: 'disable', key: 'other' }).result).rejects.toThrow(
      'expected the name or the id of a key of this stage (acme, old, resnet-Key-1A2B), got other',
    );
    expect(mock.commandCalls(GetApiKeyCommand)).toEqual([]);
    expect(changes()).toEqual([]);
  });

  it('want an id if a name is not unique', async () => {
    answerWith([...KEYS, { id: 'twin123456', name: 'acme', enabled: true, value: 'secret-of-twin' }]);
    await expect(start({ action: 'disable', key: 'acme' }).result).rejects.toThrow(
      '2 keys have the name acme: choose one by its id, acme123456 or twin123456',
    );
  });
});

describe('delete', () => {
  it('deletes a disabled key after confirmation', async () => {
    const { result, asked } = start({ action: 'delete', key: 'old' });
    expect(await result).toBe(true);
    expect(asked).toEqual(['Delete the key old (old1234567) for good?']);
    expect(changes()).toEqual([{ apiKey: 'old1234567' }]);
  });

  it('shows what a name is made of, so that it cannot change the question', async () => {
    const name = 'old (own1234567)?\u001b[2K\u202e\nacme';
    answerWith([{ id: 'odd1234567', name, enabled: false, value: 'secret-of-odd' }]);
    const { result, asked } = start({ action: 'delete', key: 'odd1234567', answer: false });
    await result;
    expect(asked).toEqual([
      'Delete the key old (own1234567)?\uFFFD[2K\uFFFD\uFFFDacme (odd1234567) for good?',
    ]);
  });

  it('does nothing without confirmation', async () => {
    expect(await start({ action: 'delete', key: 'old', answer: false }).result).toBe(false);
    expect(changes()).toEqual([]);
  });

  it('refuses a key that clients may still use', async () => {
    await expect(start({ action: 'delete', key: 'acme' }).result).rejects.toThrow(
      'acme is enabled: disable it first',
    );
    expect(changes()).toEqual([]);
  });

  it("refuses the stage's own key, even a disabled one", async () => {
    answerWith(KEYS.map((key) => ({ ...key, enabled: false })));
    await expect(start({ action: 'delete', key: 'own1234567' }).result).rejects.toThrow(
      /belongs to CloudFormation: to replace it, raise auth\.generation in cdk\.json and deploy$/,
    );
    expect(changes()).toEqual([]);
  });
});

describe('show', () => {
  it.each([
    [false, []],
    [true, ['Keep it secret: the terminal still shows it later. Pipe it to a secret store instead.']],
  ])('prints the value alone; with a terminal (%s) it warns', async (isTerminal, said) => {
    const shown = start({ action: 'show', key: 'acme', isTerminal });
    await shown.result;
    expect(shown.printed).toEqual(['secret-of-acme']);
    expect(shown.said).toEqual(said);
  });
});

describe('a stage', () => {
  it.each(['off', 'iam', 'jwt'] as const)('with auth %s has no keys', (auth) => {
    const without = { ...outputs, auth, apiKeyId: undefined, usagePlanId: undefined };
    expect(() => stageKeysOf(gateway, 'prod', without)).toThrow(
      `resnet50-prod has no API keys: its setting auth is ${auth}`,
    );
  });

  it('of an older template has to be deployed again', () => {
    const older = { ...outputs, usagePlanId: undefined };
    expect(() => stageKeysOf(gateway, 'prod', older)).toThrow(
      'resnet50-prod: expected the outputs ApiKeyId and UsagePlanId, got others: deploy the stage again',
    );
  });
});

describe('the arguments', () => {
  it.each<readonly [Partial<KeyRequest>, string]>([
    [{ key: 'acme' }, 'list: expected no key, got acme'],
    [{ action: 'create' }, 'create: expected a name, got nothing'],
    [{ action: 'disable' }, 'disable: expected a key, got nothing'],
    [{ show: true }, '--show: expected the action create, got list'],
    [{ action: 'disable', key: 'acme', yes: true }, '--yes: expected the action delete, got disable'],
    [{ action: 'create', key: '-rf' }, 'the first a letter or a digit, got -rf'],
    [{ action: 'create', key: 'a b' }, 'KEY: expected up to 64 letters'],
    [{ action: 'create', key: 'a'.repeat(65) }, 'KEY: expected up to 64 letters'],
  ])('%j are refused', (given, message) => {
    expect(() => checkRequest({ ...LIST, ...given })).toThrow(UsageError);
    expect(() => checkRequest({ ...LIST, ...given })).toThrow(message);
  });

  it('may name a key of any kind that exists', () => {
    expect(() => checkRequest({ ...LIST, action: 'disable', key: 'made by hand' })).not.toThrow();
    expect(() => checkRequest({ ...LIST, action: 'create', key: 'acme-2.eu_west' })).not.toThrow();
  });
});
