import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { sha256Of } from '../../../scripts/lib/system/files.ts';
import { run } from '../../../scripts/lib/system/run.ts';
import { BASELINES, FLOAT_BUNDLE, INT8_BUNDLE } from '../paths.ts';
import { venvPython } from './venv.ts';

export const FLOAT_MODEL = `${FLOAT_BUNDLE}/resnet50-fp32.onnx`;
/** The same weights, as torchvision's state dict. */
export const TORCH_WEIGHTS = `${FLOAT_BUNDLE}/resnet50.npz`;

/**
 * Makes the float32 model of the baselines: as ONNX in a bundle that the service can load, and as weights for
 * torchvision.
 *
 * @param source a float32 ONNX model with batch norm folded, or the int8 model, whose weights are then scaled
 * back.
 */
export async function makeFloatModel(source: string): Promise<void> {
  await mkdir(FLOAT_BUNDLE, { recursive: true });
  const tool = `${BASELINES}models/make_float_model.py`;
  await run(venvPython('limits'), [tool, '--model', source, '--output', FLOAT_BUNDLE]);
  const int8 = JSON.parse(await readFile(`${INT8_BUNDLE}/manifest.json`, 'utf8'));
  const manifest = floatManifest(int8, await sha256Of(FLOAT_MODEL));
  await writeFile(`${FLOAT_BUNDLE}/manifest.json`, JSON.stringify(manifest, null, 2));
  await copyFile(`${INT8_BUNDLE}/labels.json`, `${FLOAT_BUNDLE}/labels.json`);
}

interface Int8Manifest {
  readonly preprocessing: { readonly crop: number };
  readonly [field: string]: unknown;
}

/** The float32 model takes normalised pixels, and is one file that is optimised when it is loaded. */
export function floatManifest(int8: Int8Manifest, sha256: string): object {
  const { weights: _, optimised: __, ...rest } = int8;
  const { crop } = int8.preprocessing;
  return {
    ...rest,
    file: basename(FLOAT_MODEL),
    sha256,
    precision: 'fp32',
    input: { name: 'input', dtype: 'float32', layout: 'NCHW', shape: [null, 3, crop, crop] },
    accuracy: [],
  };
}
