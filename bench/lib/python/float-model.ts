import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { type Manifest, manifestSchema } from '../../../lambda/model/manifest.ts';
import { parseJson } from '../../../lambda/model/parse.ts';
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
  const path = `${INT8_BUNDLE}/manifest.json`;
  const { weights, optimised, ...manifest } = parseJson(manifestSchema, await readFile(path, 'utf8'), path);
  const float = {
    ...manifest,
    file: 'resnet50-fp32.onnx',
    sha256: await sha256Of(FLOAT_MODEL),
    precision: 'fp32',
    input: { name: 'input', dtype: 'float32', layout: 'NCHW', shape: [null, 3, 224, 224] },
    accuracy: [],
  } satisfies Manifest;
  await writeFile(`${FLOAT_BUNDLE}/manifest.json`, JSON.stringify(float, null, 2));
  await copyFile(`${INT8_BUNDLE}/labels.json`, `${FLOAT_BUNDLE}/labels.json`);
}
