import { join } from 'node:path';
import { REPOSITORY } from '../lib/paths.ts';

export const HERE = join(REPOSITORY, 'scripts/emulator');
/** What the emulator needs and leaves behind. Git ignores it. */
export const EMULATOR_DIRECTORY = join(REPOSITORY, '.emulator');
export const MINISTACK_LOG = join(EMULATOR_DIRECTORY, 'ministack.log');
export const CDK_LOG = join(EMULATOR_DIRECTORY, 'cdk.log');
/** Tells the tests what is deployed. */
export const DEPLOYMENT_FILE = join(EMULATOR_DIRECTORY, 'deployment.json');
