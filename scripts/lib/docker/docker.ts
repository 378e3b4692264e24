import { run } from '../system/run.ts';

export const IMAGE = 'resnet50';
/** The path that the Runtime Interface Emulator and `sam local start-lambda` give to the only function. */
export const INVOKE_PATH = '/2015-03-31/functions/function/invocations';

/** Standard output of a Docker command. @throws Error with what it wrote to standard error. */
export const docker = (...args: readonly string[]): Promise<string> => run('docker', args);
