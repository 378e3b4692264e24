import { describe, expect, it } from 'vitest';
import { haveSameAssets, withoutAssets } from '../../../../scripts/lib/template-diff/assets.ts';
import { formatTemplateDiffs, type StackDiff } from '../../../../scripts/lib/template-diff/markdown.ts';
import { readDiff } from '../../../../scripts/lib/template-diff/read-diff.ts';

/** What cdk diff 2.1148 prints, with one line of the table of IAM statements. */
const PRINTED = `Stack resnet50-dev
IAM Statement Changes
┌───┬──────────┬────────┬────────┬────────────────────────────┬───────────┐
│ - │ *        │ Allow  │ s3:*   │ AWS:\${Service/Classifier/Role} │       │
└───┴──────────┴────────┴────────┴────────────────────────────┴───────────┘
(NOTE: There may be security-related changes not in this list. See https://github.com/aws/aws-cdk/issues/1299)

Resources
[+] AWS::CloudWatch::Alarm Monitoring/Memory MonitoringMemory
[~] AWS::IAM::Policy Role/DefaultPolicy RoleDefaultPolicy
 └─ [~] PolicyDocument
     └─ [~] .Statement:
         └─ @@ -19,10 +19,5 @@
            [-]     "Action": "s3:*",
[~] AWS::Lambda::Function Service/Function ServiceFunction replace
 └─ [-] FunctionName (requires replacement)
     └─ x
[~] AWS::Lambda::Alias Service/Live ServiceLive may be replaced
 └─ [~] Name (may cause replacement)
[-] AWS::S3::Bucket Inputs orphan
[-] AWS::SNS::Topic Alerts destroy

Outputs
[+] Output Url Url: {"Value":"x"}


✨  Number of stacks with differences: 1
`;
const NOTHING = 'Stack resnet50-dev\nThere were no differences\n\n✨  Number of stacks with differences: 0\n';

const both = (printed: string, hasNewAssets = false): StackDiff => ({
  kind: 'both',
  stack: 'resnet50-dev',
  hasNewAssets,
  diff: readDiff(printed),
});

describe('readDiff', () => {
  it('tells what happens to each resource, with the changes of its properties', () => {
    const { resources } = readDiff(PRINTED);
    expect(resources.map(({ impact, text }) => [impact, text.split('\n').length])).toEqual([
      ['added', 1],
      ['changed', 5],
      ['replaced', 3],
      ['perhaps replaced', 2],
      ['orphaned', 1],
      ['deleted', 1],
    ]);
  });

  it('keeps what changes permissions apart from other sections', () => {
    const { security, others } = readDiff(PRINTED);
    expect(security).toEqual([expect.stringMatching(/^IAM Statement Changes\n┌[\s\S]*issues\/1299\)$/)]);
    expect(others).toEqual(['Outputs\n[+] Output Url Url: {"Value":"x"}']);
  });

  it('finds nothing where cdk diff does not', () => {
    expect(readDiff(NOTHING)).toEqual({ security: [], resources: [], others: [] });
  });
});

describe('formatTemplateDiffs', () => {
  it('has a line for each stack', () => {
    const stacks: StackDiff[] = [
      both(PRINTED, true),
      { ...both(NOTHING, true), stack: 'resnet50-prod' },
      { kind: 'new', stack: 'resnet50-pipeline-build' },
      { kind: 'gone', stack: 'resnet50-old' },
    ];
    expect(formatTemplateDiffs(stacks, 'c38f8da').split('<details>')[0]).toBe(`## Changes of the templates

| Stack | Resources, compared with c38f8da | Permissions | Code |
|---|---|---|---|
| \`resnet50-dev\` | **1 deleted**, **1 orphaned**, **1 replaced**, **1 perhaps replaced**, 1 changed, 1 added, others | **changed** | changed |
| \`resnet50-prod\` | none |  | changed |
| \`resnet50-pipeline-build\` | **new stack** |  |  |
| \`resnet50-old\` | **stack removed** |  |  |

`);
  });

  it('shows permissions first, then what is lost or replaced, in a block that is closed', () => {
    const markdown = formatTemplateDiffs([both(PRINTED)], 'c38f8da');
    const details = markdown.slice(markdown.indexOf('<details>'));
    const positions = [
      '<details>',
      '```',
      'IAM Statement',
      'destroy',
      'orphan',
      'replace',
      '[+] AWS',
      'Outputs',
    ].map((text) => details.indexOf(text));
    expect(positions).toEqual([...positions].sort((a, b) => a - b));
    expect(markdown.endsWith('```\n\n</details>')).toBe(true);
  });

  it('has no block for a stack without differences', () => {
    expect(formatTemplateDiffs([both(NOTHING)], 'c38f8da')).not.toContain('<details>');
  });

  it('is bounded, and no template can end its block', () => {
    const large = `Resources\n[-] AWS::X ${'```'} A destroy\n${'[~] AWS::X B replace\n'.repeat(10_000)}`;
    const markdown = formatTemplateDiffs([both(large)], 'c38f8da');
    expect(markdown.length).toBeLessThan(60_000);
    expect(markdown).toMatch(/… and \d+ more characters\n````\n\n<\/details>$/);
  });
});

describe('assets', () => {
  const template = (hash: string, version: string) =>
    JSON.stringify({
      image: `repository:${hash}`,
      version: { Ref: `FunctionCurrentVersionF7672E19${version}` },
      rollback: { Ref: `RolledBackTo${version}` },
    });
  const before = template('a'.repeat(64), '0'.repeat(32));
  const after = template('b'.repeat(64), '1'.repeat(32));

  it('of other code differ, and the rest of the template does not', () => {
    expect(haveSameAssets(before, before)).toBe(true);
    expect(haveSameAssets(before, after)).toBe(false);
    expect(withoutAssets(before)).toBe(withoutAssets(after));
  });
});
