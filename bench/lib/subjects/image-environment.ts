import { readFileSync } from 'node:fs';

/** A path of the image, or a name that the image's Dockerfile fills in. */
const OF_THE_IMAGE = /^\/|\$/;

/**
 * The variables that the image sets for the service, such as V8's options and the allocator. Without those
 * that hold paths of the image, and without the address to listen on.
 *
 * The image's folder of compiled code becomes one beside the bundle, which the first start fills.
 *
 * @param repository the folder of its Dockerfile. It ends in a slash.
 */
export function imageEnvironment(repository: string): Record<string, string> {
  const all = parseEnvironment(readFileSync(`${repository}Dockerfile`, 'utf8'));
  const usable = Object.entries(all).filter(([name, value]) => name !== 'HOST' && !OF_THE_IMAGE.test(value));
  return Object.fromEntries([
    ...usable,
    ...('NODE_COMPILE_CACHE' in all ? [['NODE_COMPILE_CACHE', `${repository}dist/compiled`]] : []),
  ]);
}

/** The variables that the last stage of a Dockerfile sets. */
export function parseEnvironment(dockerfile: string): Record<string, string> {
  const lastStage = dockerfile.split(/^FROM /m).at(-1) ?? '';
  const instructions = lastStage.replaceAll(/\\\n\s*/g, '').matchAll(/^ENV (.+)$/gm);
  const environment: Record<string, string> = {};
  for (const [, pairs = ''] of instructions) {
    for (const [, name = '', quoted, bare] of pairs.matchAll(/([A-Za-z_]\w*)=(?:"([^"]*)"|(\S*))/g))
      environment[name] = quoted ?? bare ?? '';
  }
  return environment;
}
