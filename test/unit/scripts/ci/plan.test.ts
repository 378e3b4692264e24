import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type PlannedCommand, plan } from '../../../../scripts/lib/ci/plan.ts';
import { formatMissing } from '../../../../scripts/lib/ci/report.ts';
import { isOrBegins, TOOLS } from '../../../../scripts/lib/ci/tools.ts';
import { readJobs } from '../../../../scripts/lib/ci/workflow.ts';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';

const workflow = `
env: { EVERYWHERE: 1 }
jobs:
  check:
    steps:
      - uses: actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1
      - run: npm ci
      - run: |
          npm run check
          npm run build -- \\
            --all
  image:
    env: { LAYERS: local, TOKEN: '\${{ github.token }}' }
    steps:
      - run: npm ci
      - name: A low port
        run: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=443
      - run: npm run image
        env: { LAYERS: none }
      - run: npm run image -- \${{ matrix.architecture }}
  emulator:
    env: { LAYERS: none }
    steps:
      - run: npm run image
      - run: npm run emulator
`;
const jobs = readJobs(workflow);

/** A PATH with these programs and no others. */
function pathWith(...programs: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'path-'));
  for (const program of programs) writeFileSync(join(folder, program), '', { mode: 0o755 });
  return folder;
}
const everything = pathWith('docker', 'python3');
const verdicts = (commands: readonly PlannedCommand[]) =>
  commands.map(({ job, command, verdict }) => [job, command, verdict]);
const leaveOut = (why: string) => ({ kind: 'leave out', why });

describe('plan', () => {
  it('has the commands of the workflow in their order, and says what it leaves out', () => {
    expect(verdicts(plan(jobs, {}, everything))).toEqual([
      ['check', 'uses actions/checkout', leaveOut('only on GitHub')],
      ['check', 'npm ci', leaveOut('done before npm run ci')],
      ['check', 'npm run check', { kind: 'run' }],
      ['check', 'npm run build -- --all', { kind: 'run' }],
      ['image', 'npm ci', leaveOut('done before npm run ci')],
      [
        'image',
        'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=443',
        leaveOut('prepares a machine of GitHub'),
      ],
      ['image', 'npm run image', { kind: 'run' }],
      [
        'image',
        `npm run image -- \${{ matrix.architecture }}`,
        leaveOut('has values that only GitHub knows'),
      ],
      ['emulator', 'npm run image', leaveOut('ran in image')],
      ['emulator', 'npm run emulator', { kind: 'run' }],
    ]);
  });

  it('gives a command the literal variables of its step, its job and the workflow', () => {
    const image = plan(jobs, { only: ['image'] }, everything).find(
      ({ command }) => command === 'npm run image',
    );
    expect(image?.environment).toEqual({ EVERYWHERE: '1', LAYERS: 'none' });
  });

  it('takes only the jobs that are asked for, and none that is left out', () => {
    const names = (selection: object) => [
      ...new Set(plan(jobs, selection, everything).map(({ job }) => job)),
    ];
    expect(names({ only: ['emulator', 'check'] })).toEqual(['check', 'emulator']);
    expect(names({ except: ['image'] })).toEqual(['check', 'emulator']);
    expect(() => names({ only: ['imgae'] })).toThrow('Expected a job of check, image, emulator, got imgae');
  });

  it('says which command lacks which program', () => {
    const planned = plan(jobs, {}, pathWith('python3'));
    expect(planned.filter(({ verdict }) => verdict.kind === 'cannot run')).toHaveLength(2);
    expect(formatMissing(planned)).toBe(
      'missing docker: npm run image cannot run, npm run emulator cannot run',
    );
    expect(formatMissing(plan(jobs, {}, everything))).toBe('');
  });
});

describe('readJobs', () => {
  it.each(['shell: pwsh', 'working-directory: docs', 'continue-on-error: true'])(
    'refuses a step with %s, which it would ignore',
    (key) => {
      expect(() => readJobs(`jobs: { test: { steps: [{ run: npm test, ${key} }] } }`)).toThrow();
    },
  );
});

describe('checks.yml', () => {
  const checks = plan(
    readJobs(readFileSync(`${REPOSITORY}.github/workflows/checks.yml`, 'utf8')),
    {},
    process.env['PATH'] ?? '',
  );
  const commands = checks.filter(({ command }) => !command.startsWith('uses ')).map(({ command }) => command);

  it('has only commands that run on a laptop too', () => {
    const foreign = checks.filter(
      ({ verdict }) => verdict.kind === 'leave out' && /GitHub knows/.test(verdict.why),
    );
    expect(foreign).toEqual([]);
    for (const command of commands)
      expect(command).toMatch(/^(npm (ci$|test$|run [\w:]+)|scripts\/|sudo sysctl )/);
  });

  it('has every command whose tools are known', () => {
    const unused = Object.keys(TOOLS).filter(
      (start) => !commands.some((command) => isOrBegins(start, command)),
    );
    expect(unused).toEqual([]);
  });
});
