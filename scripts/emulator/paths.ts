import { join } from 'node:path';
import { REPOSITORY } from '../lib/paths.ts';

export const HERE = join(REPOSITORY, 'scripts/emulator');
/** What the emulator needs and leaves behind. Git ignores it. */
export const EMULATOR_DIRECTORY = join(REPOSITORY, '.emulator');
export const MINISTACK_LOG = join(EMULATOR_DIRECTORY, 'ministack.log');
export const CDK_LOG = join(EMULATOR_DIRECTORY, 'cdk.log');
export const FUNCTIONS_LOG = join(EMULATOR_DIRECTORY, 'functions.log');
/** Which tests failed and why, unless the environment names another file. */
export const FAILED_TESTS = join(EMULATOR_DIRECTORY, 'failed-tests');
/** Tells the tests what is deployed. */
export const DEPLOYMENT_FILE = join(EMULATOR_DIRECTORY, 'deployment.json');
/** The names of the images that deployments have pushed, one a line. */
export const PUSHED_IMAGES = join(EMULATOR_DIRECTORY, 'images');
/** Read by a shell, it makes commands for AWS use the emulator. */
export const ENVIRONMENT_FILE = join(EMULATOR_DIRECTORY, 'environment');
