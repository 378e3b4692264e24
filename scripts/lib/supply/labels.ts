/** Labels of the image. The Dockerfile sets them. */

/** The full hash of the commit. */
export const REVISION = 'org.opencontainers.image.revision';
export const VERSION = 'org.opencontainers.image.version';
/** The folders in models/ that the image has, with commas between them. */
export const MODELS = 'resnet50.models';
