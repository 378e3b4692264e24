/** The hash of an asset's content, in its name or its tag. */
const ASSET = /\b[0-9a-f]{64}\b/g;
/**
 * The names of a function's version and of the parameter of a rollback end in a hash of the function's settings and code.
 */
const VERSION = /(CurrentVersion[0-9A-F]{8}|RolledBackTo)[0-9a-f]{32}/g;

/** A template without what changes with every change to the code of a function or to the image. */
export const withoutAssets = (template: string): string =>
  template.replaceAll(ASSET, 'HASH-OF-THE-ASSET').replaceAll(VERSION, '$1');

/** Whether two templates name the same assets. */
export const haveSameAssets = (a: string, b: string): boolean => assetsOf(a) === assetsOf(b);

const assetsOf = (template: string): string => [...new Set(template.match(ASSET))].sort().join();
