import { MODEL_BUNDLE, REPOSITORY } from '../../scripts/lib/paths.ts';

/** The Python servers, each in a folder of its own. Ends in a slash, as REPOSITORY does. */
export const BASELINES = `${REPOSITORY}bench/baselines/`;
/**
 * What the benchmark makes: virtual environments, float models, photos, logs. Git ignores it. Ends in a
 * slash.
 */
export const WORK = `${REPOSITORY}.bench/`;
export const INT8_BUNDLE = MODEL_BUNDLE;
export const FLOAT_BUNDLE = `${WORK}models/float`;

/** The int8 model with float32 input, which every runtime can load. */
export const INT8_MODEL = `${INT8_BUNDLE}/resnet50-int8.onnx`;

/** A program that runs in a process or thread of its own. */
export const programPath = (name: 'bare-run' | 'decode-one' | 'load-process' | 'paced-load-worker'): string =>
  `${REPOSITORY}bench/programs/${name}.ts`;
