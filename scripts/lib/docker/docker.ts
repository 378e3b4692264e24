import { run } from '../system/run.ts';

export const IMAGE = 'resnet50';
/** The path that the Runtime Interface Emulator and `sam local start-lambda` give to the only function. */
export const INVOKE_PATH = '/2015-03-31/functions/function/invocations';

/** How Docker says that it has no image of a name: `docker image inspect`, and `docker run` before it asks a registry. */
const NO_IMAGE = /(?:No such image: |Unable to find image ')([^'\s]+)/;

/** How Docker says that no engine answers, up to version 27 and since. */
const NO_ENGINE = /Cannot connect to the Docker daemon|failed to connect to the docker API/;

/** Standard output of a Docker command. @throws Error with what it wrote to standard error, or that names what is missing. */
export async function docker(...args: readonly string[]): Promise<string> {
  try {
    return await run('docker', args);
  } catch (error) {
    const { message } = error as Error;
    if (NO_ENGINE.test(message)) {
      throw new Error(
        'the Docker engine does not answer. Start it, for example: sudo systemctl start docker; see docs/troubleshooting.md#the-docker-engine-does-not-answer',
        {
          cause: error,
        },
      );
    }
    const [, image] = NO_IMAGE.exec(message) ?? [];
    if (image === undefined) throw error;
    throw new Error(`Docker has no image ${image}. Build it first: npm run image`, { cause: error });
  }
}
