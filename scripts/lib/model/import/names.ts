import { basename, dirname, resolve } from 'node:path';

/** What exporters call a model that they do not know the name of. */
const MEANINGLESS = new Set(['model', 'onnx']);

/** A name for a model, from the path of its file or folder. */
export function nameFrom(path: string): string {
  const name = basename(resolve(path), '.onnx');
  if (MEANINGLESS.has(name) && dirname(resolve(path)) !== resolve(path))
    return nameFrom(dirname(resolve(path)));
  return name.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '');
}
