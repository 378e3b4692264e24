/** A package and the files and folders of it that are copied. */
export type Part = readonly [name: string, ...paths: readonly string[]];

/**
 * What the bundle needs of node_modules: native addons of one platform and files that are served as they are, with the
 * licences of both. Everything else is in the bundle. An allow-list, so that a new dependency is a decision and not an
 * accident.
 *
 * @param arch the processor, as `process.arch` names it. The system is Linux with glibc.
 */
export function partsFor(arch: string): readonly Part[] {
  return [
    ['onnxruntime-node', 'package.json', 'dist', `bin/napi-v6/linux/${arch}`],
    ['onnxruntime-common', 'package.json', 'dist/cjs'],
    ['sharp', 'package.json', 'LICENSE', 'dist'],
    ['@img/colour', '.'],
    [`@img/sharp-linux-${arch}`, '.'],
    [`@img/sharp-libvips-linux-${arch}`, '.'],
    ['@napi-rs/image', 'package.json', 'LICENSE', 'index.js'],
    [`@napi-rs/image-linux-${arch}-gnu`, '.'],
    ['detect-libc', '.'],
    ['semver', '.'],
    [
      'swagger-ui-dist',
      'package.json',
      'LICENSE',
      'NOTICE',
      'swagger-ui.css',
      'swagger-ui-bundle.js',
      'swagger-ui-bundle.js.LICENSE.txt',
    ],
  ];
}
