import type { Classifier } from '../../../lambda/model/classifier.ts';
import type { ModelSource } from '../../../lambda/model/source.ts';

/** A model that is not read from a bundle on disk. */
export function loadedSource(classifier: Promise<Classifier>): ModelSource {
  return { folder: 'loaded', identify: async () => (await classifier).manifest, load: () => classifier };
}
