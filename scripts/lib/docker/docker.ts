import { run } from '../system/run.ts';

export const IMAGE = 'resnet50';
/** The path that the Runtime Interface Emulator and `sam local start-lambda` give to the only function. */
export const INVOKE_PATH = '/2015-03-31/functions/function/invocations';

/** How Docker says that it has no image of a name: `docker image inspect`, and `docker run` before it asks a registry. */
const NO_IMAGE = /(?:No such image: |Unable to find image ')([^'\s]+)/;

/** Standard output of a Docker command. @throws Error with what it wrote to standard error, or that names what is missing. */
export async function docker(...args: readonly string[]): Promise<string> {
  try {
    return await run('docker', args);
  } catch (error) {
    const [, image] = (error instanceof Error && NO_IMAGE.exec(error.message)) || [];
    if (image === undefined) throw error;
    throw new Error(`Docker has no image ${image}. Build it first: npm run image`, { cause: error });
  }
}
