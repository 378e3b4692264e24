import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { REPOSITORY } from '../../../../scripts/lib/paths.ts';
import { MODELS, REVISION } from '../../../../scripts/lib/supply/labels.ts';
import { PROVENANCE_TYPE } from '../../../../scripts/lib/supply/provenance.ts';
import { SPDX_TYPE } from '../../../../scripts/lib/supply/sbom/types.ts';
import type { Predicate } from '../../../../scripts/lib/supply/sign.ts';
import { runTool, type Tool } from '../../../../scripts/lib/supply/tools.ts';
import { publisherOf } from '../../../../scripts/lib/supply/trust.ts';
import { run } from '../../../../scripts/lib/system/run.ts';

const TOOLS: readonly Tool[] = ['cosign', 'crane', 'oras'];
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), `${REPOSITORY}.cache/go-tools/bin`];

/** The tools that scripts/dev/go-tools.sh would have to compile first, which takes minutes. */
export const missingTools = TOOLS.filter((tool) => !FOLDERS.some((folder) => existsSync(join(folder, tool))));

if (missingTools.length > 0) {
  const message = `${missingTools.join(', ')} missing: run scripts/dev/go-tools.sh ${TOOLS.join(' ')}`;
  if (process.env['CI']) throw new Error(message);
  process.stderr.write(`Tests of published images are skipped: ${message}.\n`);
}

export const COMMIT = '0123456789abcdef0123456789abcdef01234567';
export const REPOSITORY_NAME = 'octo-org/classifier';

/** A registry in memory, on this machine only, and a folder for what tests write. */
export interface TestRegistry {
  readonly host: string;
  readonly folder: string;
  readonly stop: () => Promise<void>;
}

export async function startRegistry(): Promise<TestRegistry> {
  const folder = await mkdtemp(join(tmpdir(), 'registry-'));
  const tools = await run('scripts/dev/go-tools.sh', ['crane']);
  const child = spawn(join(tools, 'crane'), ['registry', 'serve', '--address', '127.0.0.1:0'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const port = await portOf(child);
  return {
    host: `127.0.0.1:${port}`,
    folder,
    async stop() {
      child.kill();
      await rm(folder, { recursive: true });
    },
  };
}

async function portOf(child: ChildProcess): Promise<string> {
  if (!child.stderr) throw new Error('expected standard error of the registry');
  for await (const line of createInterface(child.stderr)) {
    const [, port] = /serving on port (\d+)/.exec(line) ?? [];
    if (port) {
      // It logs every request, and would stop at a full pipe.
      child.stderr.resume();
      return port;
    }
  }
  throw new Error('expected the registry to say its port, got nothing');
}

/** @returns the paths of a private and of a public key. */
export async function makeKey({ folder }: TestRegistry, name: string) {
  await runTool('cosign', ['generate-key-pair', '--output-key-prefix', join(folder, name)], {
    COSIGN_PASSWORD: '',
  });
  return { secret: join(folder, `${name}.key`), open: join(folder, `${name}.pub`) };
}

export interface ImageContent {
  readonly commit?: string;
  readonly models?: string;
  readonly platform?: string;
}

/** Pushes an image with one small file, different from all others. @returns it by its digest. */
export async function makeImage(
  { host, folder }: TestRegistry,
  repository: string,
  { commit = COMMIT, models = 'resnet50', platform = 'linux/amd64' }: ImageContent = {},
): Promise<string> {
  const to = `${host}/${repository}`;
  const layer = await mkdtemp(join(folder, 'layer-'));
  await writeFile(join(layer, 'file'), layer);
  await run('tar', ['-C', layer, '-cf', `${layer}.tar`, 'file']);
  await runTool('crane', ['append', '--oci-empty-base', '-f', `${layer}.tar`, '-t', `${to}:base`]);
  const labels = ['--label', `${REVISION}=${commit}`, '--label', `${MODELS}=${models}`];
  await runTool('crane', [
    'mutate',
    `${to}:base`,
    '-t',
    `${to}:build`,
    '--set-platform',
    platform,
    ...labels,
  ]);
  return `${to}@${await runTool('crane', ['digest', `${to}:build`])}`;
}

/** As GitHub's action writes it for publish-image.yml on main. */
export const provenanceOf = (commit: string): Predicate => ({
  type: PROVENANCE_TYPE,
  content: {
    buildDefinition: {
      buildType: 'https://actions.github.io/buildtypes/workflow/v1',
      externalParameters: {
        workflow: {
          ref: 'refs/heads/main',
          repository: `https://github.com/${REPOSITORY_NAME}`,
          path: '.github/workflows/main.yml',
        },
      },
      internalParameters: {
        github: {
          event_name: 'push',
          repository_id: '2',
          repository_owner_id: '1',
          runner_environment: 'github-hosted',
        },
      },
      resolvedDependencies: [
        {
          uri: `git+https://github.com/${REPOSITORY_NAME}@refs/heads/main`,
          digest: { gitCommit: commit },
        },
      ],
    },
    runDetails: {
      builder: { id: publisherOf(REPOSITORY_NAME) },
      metadata: { invocationId: `https://github.com/${REPOSITORY_NAME}/actions/runs/3/attempts/1` },
    },
  },
});

export const SBOM: Predicate = {
  type: SPDX_TYPE,
  content: { spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', packages: [{ name: 'hono' }] },
};
