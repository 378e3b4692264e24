import { fileURLToPath } from 'node:url';

/** The folder of the repository. It ends in a slash. */
export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));
/** The model bundle of the repository. */
export const MODEL_BUNDLE = `${REPOSITORY}models/resnet50`;

/** The path of a photo in examples/, such as `cat.jpg`. */
export const example = (name: string): string => `${REPOSITORY}examples/${name}`;
