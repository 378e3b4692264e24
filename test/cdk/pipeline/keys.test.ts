import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { allows, type Policy, type Request } from './iam.ts';
import { ACCOUNT, policiesOf, REGION } from './support.ts';

const gateway = (path: string) => `arn:aws:apigateway:${REGION}::${path}`;

/** Condition keys for a key with these tags. */
const tagged = (kind: 'RequestTag' | 'ResourceTag', tags: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:${kind}/${key}`, value]));

const CLIENT = { service: 'resnet50', stage: 'prod', purpose: 'client' };
const OWN = { ...CLIENT, purpose: 'smoke-test' };

const onKey = (action: string, tags: Readonly<Record<string, string>>): Request => ({
  action: `apigateway:${action}`,
  resource: gateway('/apikeys/a1b2c3'),
  context: tagged('ResourceTag', tags),
});
const create = (tags: Readonly<Record<string, string>>): Request => ({
  action: 'apigateway:POST',
  resource: gateway('/apikeys'),
  context: tagged('RequestTag', tags),
});
const inPlan = (action: string, path: string): Request => ({
  action: `apigateway:${action}`,
  resource: gateway(`/usageplans/PLAN/${path}`),
  context: tagged('ResourceTag', { service: 'resnet50', stage: 'prod' }),
});

/** What `npm run keys -- --stage prod` asks AWS for, without the outputs of the stack. */
const CALLS: readonly (readonly [string, Request])[] = [
  ['list keys', inPlan('GET', 'keys')],
  ['read their usage', inPlan('GET', 'usage')],
  ['create a key', create(CLIENT)],
  // Creating a key with tags needs this too: AWS's error message names the resource with a final `*`.
  [
    'tag the new key',
    {
      action: 'apigateway:PUT',
      resource: gateway(`/tags/arn%3Aaws%3Aapigateway%3A${REGION}%3A%3A%2Fapikeys%2F*`),
      context: tagged('RequestTag', CLIENT),
    },
  ],
  ['add it to the usage plan', inPlan('POST', 'keys')],
  ["read a client's key", onKey('GET', CLIENT)],
  ["disable a client's key", onKey('PATCH', CLIENT)],
  ["delete a client's key", onKey('DELETE', CLIENT)],
  ["disable the stage's own key", onKey('PATCH', OWN)],
];

describe('npm run keys', () => {
  const { ci, runtimeBoundary } = policiesOf('prod');

  it.each(CALLS)('as the CI role, or as a role of the stage, may not %s', (_, request) => {
    expect([ci, runtimeBoundary].map((policy) => allows(policy, request))).toEqual([false, false]);
  });

  describe('with the policy of docs/deployment.md', () => {
    const guide = readFileSync(new URL('../../../docs/deployment.md', import.meta.url), 'utf8');
    const [, json = ''] = /^### Who may manage keys$.*?^```json$(.*?)^```$/ms.exec(guide) ?? [];
    const policy: Policy = {
      Statement: JSON.parse(json.replaceAll('REGION', REGION).replaceAll('ACCOUNT', ACCOUNT)),
    };
    const stackOf = (stage: string): Request => ({
      action: 'cloudformation:DescribeStacks',
      resource: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/resnet50-${stage}/0a1b`,
    });

    it.each([...CALLS, ['read the outputs of the stack', stackOf('prod')] as const])(
      'may %s',
      (_, request) => {
        expect(allows(policy, request)).toBe(true);
      },
    );

    it.each<readonly [string, Request]>([
      ['read another stage', stackOf('dev')],
      ['list all keys of the account', { action: 'apigateway:GET', resource: gateway('/apikeys') }],
      ['read a key of another stage', onKey('GET', { ...CLIENT, stage: 'dev' })],
      ['read a key of another service', onKey('GET', { ...CLIENT, service: 'billing' })],
      ['disable a key without tags', onKey('PATCH', {})],
      ["delete the stage's own key", onKey('DELETE', OWN)],
      ['create a key for another stage', create({ ...CLIENT, stage: 'dev' })],
      ['create a key that CI may read', create(OWN)],
      ['create a key without tags', create({})],
      [
        'add a key to another usage plan',
        { action: 'apigateway:POST', resource: gateway('/usageplans/OTHER/keys') },
      ],
      ['change the usage plan', { ...inPlan('PATCH', ''), resource: gateway('/usageplans/PLAN') }],
      [
        'tag anything but keys',
        {
          action: 'apigateway:PUT',
          resource: gateway(`/tags/arn%3Aaws%3Aapigateway%3A${REGION}%3A%3A%2Frestapis%2F*`),
        },
      ],
    ])('may not %s', (_, request) => {
      expect(allows(policy, request)).toBe(false);
    });
  });
});
