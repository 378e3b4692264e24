import type { Config } from '../../../../lambda/config.ts';
import { loadVips } from '../../../../lambda/images/libvips.ts';
import { createProgress, PHOTOS } from '../../command/progress.ts';
import { loadPredictor } from '../../model/predictor.ts';
import { answerOf } from '../answer.ts';
import { inOrder } from '../in-order.ts';
import type { ClassificationSource } from '../source.ts';
import { catchUp } from './catch-up.ts';
import { createPhotoClassifier } from './classify-photo.ts';

/** Two runs of the model: the one in progress and the next, whose photos are read and decoded meanwhile. */
const AT_ONCE = 8;
/** A photo that takes 10 s to decode does not stop the others, which take about 20 ms each. */
const WAITING = 256;

/**
 * Classifies in this process, with the code of the service.
 *
 * @throws Error if the model cannot be loaded.
 */
export async function localSource(config: Config): Promise<ClassificationSource> {
  const { classifier, predictor } = await loadPredictor(config, catchUp);
  await loadVips();
  const { name, version, sha256, output, activationMaps } = classifier.manifest;
  return {
    model: { name, version, sha256 },
    classes: output.shape[1],
    hasActivationMaps: activationMaps !== undefined,
    async *classify({ photos, options, done, stop }) {
      const classify = createPhotoClassifier(predictor, config.limits.maxImageBytes, options);
      const progress = createProgress(process.stderr, done + photos.length, PHOTOS, done);
      try {
        let classified = 0;
        const ahead = { atOnce: AT_ONCE, waiting: WAITING, stop };
        for await (const { item: file, result } of inOrder(photos, classify, ahead)) {
          yield { file, answer: answerOf(result) };
          classified += 1;
          progress.update(done + classified);
        }
      } finally {
        progress.stop();
      }
    },
  };
}
