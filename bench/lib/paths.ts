import { fileURLToPath } from 'node:url';

/** Each ends in a slash. */
export const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));
export const BASELINES = `${REPOSITORY}bench/baselines/`;
/** What the benchmark makes for itself: virtual environments, float models, photos, logs. Git ignores it. */
export const WORK = `${REPOSITORY}.bench/`;
export const INT8_BUNDLE = `${REPOSITORY}models/resnet50`;
export const FLOAT_BUNDLE = `${WORK}models/float`;
