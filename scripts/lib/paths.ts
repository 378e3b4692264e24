import { fileURLToPath } from 'node:url';

/** The folder of the repository. It ends in a slash. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
/** The folder of the model bundles. */
export const MODELS = `${REPOSITORY}models`;
/** The default model bundle. */
export const MODEL_BUNDLE = `${MODELS}/resnet50`;

/** The path of a photo in examples/, such as `cat.jpg`. */
export const example = (name: string): string => `${REPOSITORY}examples/${name}`;
