import { describe, expect, it } from 'vitest';
import { linksOf } from '../../../../scripts/lib/record/links.ts';
import { recordMarkdown } from '../../../../scripts/lib/record/markdown.ts';
import { type DeliveryRecord, headline } from '../../../../scripts/lib/record/record.ts';
import { recordText } from '../../../../scripts/lib/record/text.ts';

const record = (changes: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  action: 'deployment',
  stage: 'prod',
  outcome: { kind: 'succeeded' },
  commit: 'c'.repeat(40),
  image: `registry/assets@sha256:${'d'.repeat(64)}`,
  versions: { before: '41', after: '42' },
  by: 'octocat',
  links: [{ text: 'Dashboard', url: 'https://console.example.com/#dashboards' }],
  steps: [
    {
      name: 'Smoke test',
      passed: true,
      seconds: 2.4,
      findings: [{ name: 'ready', status: 'ok', found: 'ready' }],
    },
  ],
  diff: 'Resources\n[~] AWS::Lambda::Alias',
  started: new Date('2026-11-27T10:00:00Z'),
  ended: new Date('2026-11-27T10:21:05Z'),
  ...changes,
});
const failure = { reason: 'ready: got 503', advice: 'Look at the log.' };

describe('the record of a deployment', () => {
  it('has what, who, where and how long', () => {
    expect(recordMarkdown(record())).toBe(`## Deployment of prod succeeded: version 42

|  |  |
|---|---|
| Stage | prod |
| Version | 41 → 42 |
| Commit | \`${'c'.repeat(40)}\` |
| Image | \`registry/assets@sha256:${'d'.repeat(64)}\` |
| By | octocat |
| Took | 21 min 5 s |
| Links | [Dashboard](https://console.example.com/#dashboards) |

| Step | Result | Time | Found |
|---|---|---|---|
| Smoke test | passed | 2 s |  |
|  | ok |  | ready: ready |

<details><summary>Changes (cdk diff)</summary>

\`\`\`
Resources
[~] AWS::Lambda::Alias
\`\`\`

</details>`);
  });

  it.each([
    [{ kind: 'stopped' as const, ...failure }, 'Deployment of prod stopped before it changed anything'],
    [{ kind: 'failed' as const, ...failure }, 'Deployment of prod failed'],
    [
      { kind: 'unhealthy' as const, ...failure },
      'Deployment of prod ended: version 42, but the smoke test failed',
    ],
    [
      { kind: 'rolled back' as const, to: '41', ...failure },
      'Deployment of prod failed the smoke test and was rolled back to version 41',
    ],
  ])('says how it ended, and what to do: %j', (outcome, expected) => {
    expect(headline(record({ outcome }))).toBe(expected);
    expect(recordMarkdown(record({ outcome }))).toContain('**ready: got 503**\n\nLook at the log.');
    expect(recordText(record({ outcome }))).toContain('ready: got 503\n→ Look at the log.');
  });

  it('of one that ended early lacks what is not known', () => {
    const early = record({
      outcome: { kind: 'stopped', ...failure },
      image: undefined,
      versions: { before: undefined, after: undefined },
      by: undefined,
      links: [],
      diff: undefined,
    });
    const markdown = recordMarkdown(early);
    expect(markdown).toContain('| Version | unknown |');
    expect(markdown).not.toMatch(/Image|By|Links|details/);
  });

  it('fits into the summary of a step, whatever the diff', () => {
    // The limit falls between the two bytes of a letter.
    const line = `[~]  ${'ä'.repeat(500)}\n`;
    const markdown = recordMarkdown(record({ diff: line.repeat(5000) }));
    expect(Buffer.byteLength(markdown)).toBeLessThan(300_000);
    expect(markdown).toContain('The rest is in the log of the step.');
    expect(markdown).not.toContain('\uFFFD');
  });

  it('shows a diff as it is, even with fences of its own', () => {
    const markdown = recordMarkdown(record({ diff: 'a\n```\n</details># b' }));
    expect(markdown).toContain('\n````\na\n```\n</details># b\n````\n');
  });

  it('shows what a service answered as text, not as Markdown or HTML', () => {
    const findings = [
      { name: 'ready', status: 'fail' as const, found: 'got <img src=x> | [a](b)\n## c', advice: 'Look.' },
    ];
    const steps = [{ name: 'Smoke test', passed: false, seconds: 1, findings }];
    expect(recordMarkdown(record({ steps }))).toContain(
      '|  | **fail** |  | ready: got &lt;img src=x> \\| \\[a\\](b) ## c → Look. |',
    );
  });
});

it('links to the run, the dashboard and the deployment', () => {
  const run = { actor: 'octocat', url: 'https://github.com/o/r/actions/runs/1/attempts/1' };
  expect(linksOf({ run, dashboardUrl: 'https://a/', deployment: 'd-1', region: 'eu-central-1' })).toEqual([
    { text: 'Run', url: run.url },
    { text: 'Dashboard', url: 'https://a/' },
    {
      text: 'CodeDeploy',
      url: 'https://eu-central-1.console.aws.amazon.com/codesuite/codedeploy/deployments/d-1?region=eu-central-1',
    },
  ]);
  expect(
    linksOf({ run: undefined, dashboardUrl: undefined, deployment: undefined, region: undefined }),
  ).toEqual([]);
});
