import { readFileSync } from 'node:fs';

/** A path of the image. */
const OF_THE_IMAGE = /^\//;

/**
 * The variables that the image sets for the service, such as V8's options, the allocator and the models to load.
 * Without those that hold paths of the image, and without the address to listen on.
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

/** The variables that the last stage of a Dockerfile sets, with the defaults of its build arguments. */
export function parseEnvironment(dockerfile: string): Record<string, string> {
  const parts = dockerfile.split(/^FROM /m);
  const beforeStages = defaultsOf(parts[0] ?? '', {});
  const lastStage = parts.at(-1) ?? '';
  const values = defaultsOf(lastStage, beforeStages);
  const instructions = lastStage.replaceAll(/\\\n\s*/g, '').matchAll(/^ENV (.+)$/gm);
  const environment: Record<string, string> = {};
  for (const [, pairs = ''] of instructions) {
    for (const [, name = '', quoted, bare] of pairs.matchAll(/([A-Za-z_]\w*)=(?:"([^"]*)"|(\S*))/g)) {
      const value = quoted ?? bare ?? '';
      environment[name] = value.replaceAll(/\$\{(\w+)\}/g, (_, argument) => values[argument] ?? '');
    }
  }
  return environment;
}

/**
 * The build arguments of a stage.
 *
 * @param outer those before all stages. A stage without a default of its own takes theirs.
 */
function defaultsOf(
  stage: string,
  outer: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...stage.matchAll(/^ARG (\w+)(?:=(.*))?$/gm)].map(([, name = '', value]) => [
      name,
      value ?? outer[name] ?? '',
    ]),
  );
}
