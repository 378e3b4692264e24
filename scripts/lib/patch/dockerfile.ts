import { z } from 'zod';
import { parseJson } from '../../../lambda/model/parse.ts';

/** What decides which versions of the base image and of Debian's packages a build gets. */
export interface Patches {
  /** Of the base image, `sha256:…`. */
  readonly digest: string;
  /** `YYYY-MM-DD`. A new date makes the build download Debian's packages again. */
  readonly patchedOn: string;
}

const DIGEST = /^sha256:[0-9a-f]{64}$/;
const manifestSchema = z.object({ digest: z.string().regex(DIGEST) });

/** Runs a program and returns its standard output. */
export type RunProgram = (program: string, args: readonly string[]) => Promise<string>;

/**
 * The digest that a tag of a registry has now, for all architectures together.
 *
 * @throws Error in one line if Docker's answer has none, or if Docker lacks its plugin buildx.
 */
export async function newestDigest(image: string, run: RunProgram): Promise<string> {
  const format = '{{json .Manifest}}';
  const inspect = ['buildx', 'imagetools', 'inspect', '--format', format, image];
  const answer = await run('docker', inspect).catch(async (error: Error) => {
    await requireBuildx(run);
    throw error;
  });
  return parseJson(manifestSchema, answer, `docker buildx imagetools inspect ${image}`).digest;
}

/** Without its plugin, docker takes the arguments for its own, and says nothing that helps. */
async function requireBuildx(run: RunProgram): Promise<void> {
  await run('docker', ['version', '--format', '{{.Client.Version}}']);
  await run('docker', ['buildx', 'version']).catch((cause: Error) => {
    throw new Error('docker has no buildx. Install this plugin: https://docs.docker.com/go/buildx', {
      cause,
    });
  });
}

/** The tag of the base image in a Dockerfile. @throws Error if there is none. */
export const baseImageOf = (dockerfile: string): string => argument(dockerfile, 'NODE_IMAGE');

/** A Dockerfile with other patches. @throws Error if one of its arguments is missing. */
export function withPatches(dockerfile: string, { digest, patchedOn }: Patches): string {
  return [['NODE_DIGEST', `@${digest}`] as const, ['PATCHED_ON', patchedOn] as const].reduce(
    (text, [name, value]) => {
      argument(text, name);
      return text.replace(pattern(name), `$1${value}`);
    },
    dockerfile,
  );
}

const pattern = (name: string): RegExp => new RegExp(`^(ARG ${name}=)(.+)$`, 'm');

function argument(dockerfile: string, name: string): string {
  const value = pattern(name).exec(dockerfile)?.[2];
  if (value === undefined) throw new Error(`Dockerfile: expected a line ARG ${name}=…, got none`);
  return value;
}
