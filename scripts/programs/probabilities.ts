import { readFile } from 'node:fs/promises';
import { readConfig } from '../../lambda/config.ts';
import { loadPredictor } from '../lib/model/predictor.ts';

/**
 * Prints the probability of every class for each photo, one line of JSON a photo. A program of its own, so
 * that `npm run avx2` can run it on an emulated processor:
 *
 *   node scripts/programs/probabilities.ts PHOTO...
 */
const { classifier, predict } = await loadPredictor(readConfig({ ...process.env, INTRA_OP_THREADS: '1' }));
for (const photo of process.argv.slice(2)) {
  const predictions = await predict(await readFile(photo), classifier.labels.length);
  const byIndex = predictions.toSorted((a, b) => a.index - b.index);
  console.log(JSON.stringify(byIndex.map(({ probability }) => probability)));
}
