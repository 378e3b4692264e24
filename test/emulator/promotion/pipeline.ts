import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bootstrapRepository, IMAGES_REPOSITORY } from '../../../lib/pipeline/images.ts';
import { pipelineStackName } from '../../../lib/pipeline/names.ts';
import { REGION } from '../../../scripts/emulator/account.ts';
import { docker } from '../../../scripts/lib/docker/docker.ts';
import { run } from '../../../scripts/lib/system/run.ts';
import { copyRepository } from '../checkout.ts';
import { type Commands, commandsIn } from './commands.ts';
import { build } from './images.ts';
import { destroy, outputOf } from './stage.ts';
import { workflowOf } from './workflow.ts';

/** The stage, through a pipeline as on AWS, but without what the emulator lacks. */
export const STAGE = 'dev';
const CONTEXT = {
  pipeline: {
    github: { owner: 'example', ownerId: 2, repository: 'resnet50', repositoryId: 1 },
    oidcProvider: 'existing',
  },
  stages: { [STAGE]: { delivery: { kind: 'in-place' }, tracing: false } },
};
export const ARCH = 'x86_64';
const ACCOUNT = '000000000000';
const REGISTRY = `${ACCOUNT}.dkr.ecr.${REGION}.amazonaws.com`;
/** The repository that a deployment copies images to. */
export const STAGED = bootstrapRepository(STAGE, ACCOUNT, REGION);
/** For the Docker engine. */
const BUILT = 'resnet50-promotion';

export const publishedImage = (digest: string): string => `${REGISTRY}/${IMAGES_REPOSITORY}@${digest}`;
export const stagedImage = (digest: string): string => `${REGISTRY}/${STAGED}@${digest}`;
export const tagOf = (commit: string): string => `${commit}-${ARCH}`;

/** A checkout with a pipeline, two commits, and an image of the first one. Disposing it destroys the stage. */
export interface Pipeline extends Commands, AsyncDisposable {
  /** Its folder. */
  readonly checkout: string;
  readonly first: string;
  readonly second: string;
  /** Pushes the image of the first commit. @returns what the command tells the next step of the workflow */
  push(): Promise<Readonly<Record<string, string>>>;
  /** The steps of publish-image.yml after the push. @param image by its digest */
  publish(image: string, commit: string): Promise<void>;
}

/** Sets up the pipeline and the bootstrap, as an administrator does once. Compiles the tools if necessary. */
export async function setUpPipeline(): Promise<Pipeline> {
  const tools = await run('scripts/dev/go-tools.sh', ['cosign', 'crane', 'oras', 'syft']);
  const checkout = await copyRepository();
  // What a killed command leaves behind goes with the checkout.
  const temporary = join(checkout, '.tmp');
  await mkdir(temporary);
  const commands = commandsIn(checkout, { PATH: `${tools}:${process.env['PATH']}`, TMPDIR: temporary });
  await changeContext(checkout);
  const [first, second] = [await commitTo(checkout, 'first'), await commitTo(checkout, 'second')];
  await run(`${tools}/cosign`, ['generate-key-pair'], { cwd: checkout, env: { COSIGN_PASSWORD: '' } });
  await Promise.all([
    deployPipeline(commands, 'build'),
    deployPipeline(commands, STAGE).then(() => bootstrap(commands)),
    build(BUILT, first),
  ]);
  return {
    ...commands,
    checkout,
    first,
    second,
    async push() {
      const built = ['--image', BUILT, '--arch', ARCH, '--sbom', 'sbom'];
      return (await commands.succeed('scripts/image-push.ts', built)).outputs;
    },
    async publish(image, commit) {
      const ofImage = ['--image', image];
      const ofCommit = [...ofImage, '--commit', commit, '--arch', ARCH];
      const attested = [...ofImage, '--spdx', 'sbom/sbom.spdx.json', '--key', 'cosign.key'];
      const expected = [...ofCommit, '--models', 'resnet50', '--key', 'cosign.pub'];
      await commands.succeed('scripts/image-attest.ts', attested, workflowOf(commit));
      await commands.succeed('scripts/image-sign.ts', [...ofImage, '--key', 'cosign.key']);
      await commands.succeed('scripts/image-verify.ts', expected);
      await commands.succeed('scripts/image-tag.ts', ofCommit);
    },
    async [Symbol.asyncDispose]() {
      await destroy(STAGE);
      await rm(checkout, { recursive: true });
      await docker('rmi', '--no-prune', BUILT);
    },
  };
}

async function changeContext(checkout: string): Promise<void> {
  const file = join(checkout, 'cdk.json');
  const settings = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...settings, context: { ...settings.context, ...CONTEXT } }));
}

async function commitTo(checkout: string, message: string): Promise<string> {
  const git = (...args: readonly string[]) =>
    run('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], { cwd: checkout });
  await git('init', '--quiet', '--initial-branch=main');
  await git('commit', '--quiet', '--allow-empty', '--no-verify', `--message=${message}`);
  return git('rev-parse', 'HEAD');
}

const deployPipeline = (commands: Commands, stage: string) =>
  commands.succeed('cdk', [
    ...['--app', 'node bin/pipeline.ts', '--output', `cdk.out/pipeline-${stage}`],
    ...['deploy', '--all', '-c', `stage=${stage}`, '--require-approval', 'never'],
  ]);

async function bootstrap(commands: Commands): Promise<void> {
  const command = await outputOf(pipelineStackName(STAGE), 'BootstrapCommand');
  const [npx, cdk = '', ...args] = command.split(' ');
  if (npx !== 'npx') throw new Error(`expected a command that begins with npx, got ${command}`);
  await commands.succeed(cdk, [...args, '--output', 'cdk.out/bootstrap']);
}
