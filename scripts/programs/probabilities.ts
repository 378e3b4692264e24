/**
 * Writes the probabilities of every class for each photo that it is given, one JSON line a photo. A program of its own, so
 * that it can be run on another processor:
 *
 *   node scripts/programs/probabilities.ts PHOTO...
 */
import { readFile } from 'node:fs/promises';
import { readConfig } from '../../lambda/config.ts';
import { decodeImage } from '../../lambda/images/decode.ts';
import { inspectImage } from '../../lambda/images/inspect.ts';
import { loadClassifier } from '../../lambda/model/classifier.ts';
import { createTensorWriter } from '../../lambda/prediction/tensor.ts';

const { modelDir, limits } = readConfig();
const { manifest, labels, classify } = await loadClassifier(modelDir, { threads: 1 });
const { preprocessing } = manifest;
const write = createTensorWriter(preprocessing.crop, preprocessing);
const tensor = new Float32Array(3 * preprocessing.crop ** 2);
for (const photo of process.argv.slice(2)) {
  const bytes = await readFile(photo);
  const image = await inspectImage(bytes, preprocessing, limits);
  const { rgb } = await decodeImage(image);
  write(rgb, tensor, 0);
  const [predictions = []] = await classify(tensor, 1, labels.length);
  const probabilities = predictions
    .toSorted((a, b) => a.index - b.index)
    .map(({ probability }) => probability);
  console.log(JSON.stringify(probabilities));
}
