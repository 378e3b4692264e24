import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Settings } from '../../../lib/settings.ts';
import { type Finding, fail, ok, warn } from '../findings/finding.ts';

/** The output of a program. @throws if it cannot be run or fails. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

const TIMEOUT_MS = 20_000;
export const runProgram: RunProgram = async (program, args) =>
  (await promisify(execFile)(program, [...args], { timeout: TIMEOUT_MS })).stdout;

const PLATFORMS = { x86_64: 'linux/amd64', arm64: 'linux/arm64' } as const;
const NODE_MAJOR = 24;

export function checkNode(version: string): Finding {
  const major = Number(version.split('.')[0]);
  if (major >= NODE_MAJOR) return ok(`Node.js ${version}`);
  return warn(
    `Node.js ${version}, expected ${NODE_MAJOR} or newer`,
    'Start commands with npm run, which uses the Node.js that npm ci installs.',
  );
}

/** Whether the Docker engine answers and builds images of the stage's architecture. */
export async function checkDocker(
  { architecture }: Pick<Settings, 'architecture'>,
  { program = 'docker', run = runProgram }: { readonly program?: string; readonly run?: RunProgram } = {},
): Promise<Finding> {
  let engine: string;
  try {
    engine = (await run(program, ['version', '--format', '{{.Server.Os}}/{{.Server.Arch}}'])).trim();
  } catch {
    return fail(
      `${program} does not answer`,
      'Start Docker, because cdk deploy builds the image. CDK_DOCKER may name another program. A published image needs none: npm run deploy -- --commit.',
    );
  }
  const wanted = PLATFORMS[architecture];
  if (engine === wanted) return ok(`the engine is ${engine}, as the stage requires`);
  const builder = await run(program, ['buildx', 'inspect']).catch(() => '');
  const platforms = /^Platforms:(.*)$/m.exec(builder)?.[1];
  if (platforms === undefined) {
    return warn(
      `the engine is ${engine}, and it is unknown whether it builds ${wanted}`,
      `Try a build: docker build --platform ${wanted} .`,
    );
  }
  if (platforms.split(',').some((platform) => platform.trim().replace('*', '') === wanted)) {
    return ok(`the engine is ${engine} and builds ${wanted} by emulation, which is slow`);
  }
  return fail(
    `the engine is ${engine} and does not build ${wanted}`,
    `docker run --privileged --rm tonistiigi/binfmt --install ${wanted.slice('linux/'.length)}`,
  );
}
