import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = fileURLToPath(new URL('.', import.meta.url));
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
/** Holds what the emulator needs and leaves behind; git ignores it. */
export const EMULATOR_DIRECTORY = join(REPOSITORY, '.emulator');
export const MINISTACK_LOG = join(EMULATOR_DIRECTORY, 'ministack.log');
export const CDK_LOG = join(EMULATOR_DIRECTORY, 'cdk.log');
/** Where the tests find what is deployed. */
export const DEPLOYMENT_FILE = join(EMULATOR_DIRECTORY, 'deployment.json');
