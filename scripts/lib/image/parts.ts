/** A package, and the files and folders to copy from it. */
export type CopiedPackage = readonly [name: string, ...paths: readonly string[]];

/**
 * The parts of node_modules that the bundle needs: native addons for one platform and files that are served
 * unchanged, with their licences. Everything else is in the bundle. It is an allow-list, so that no
 * dependency enters the image unnoticed.
 *
 * @param arch the architecture, named as in `process.arch`. The system is Linux with glibc.
 */
export function partsFor(arch: string): readonly CopiedPackage[] {
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
