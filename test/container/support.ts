import { docker, IMAGE } from '../../scripts/lib/docker.ts';

/** A field of an image, as a Go template names it. */
export const inspectImage = async <Value>(field: string, image = IMAGE): Promise<Value> =>
  JSON.parse(await docker('image', 'inspect', '--format', `{{json ${field}}}`, image));

/** What a command prints that runs in place of the image's own. */
export const inImage = (...command: readonly string[]): Promise<string> =>
  docker('run', '--rm', '--network=none', '--entrypoint', command[0] ?? '', IMAGE, ...command.slice(1));
