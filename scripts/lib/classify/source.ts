import type { ClassifyOptions } from '../../../lambda/prediction/predictor.ts';
import type { AnsweredPhoto } from './answer.ts';

export interface PhotosToClassify {
  /** Those that have no results yet. */
  readonly photos: readonly string[];
  readonly options: ClassifyOptions;
  /** How many photos earlier runs have done, for the progress. */
  readonly done: number;
  /** When it aborts, the photos in progress are finished, or remembered for the next run. */
  readonly stop: AbortSignal;
}

/** Where photos are classified: in this process, or by a service. */
export interface ClassificationSource {
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string };
  /** How many classes the model has. */
  readonly classes: number;
  /** Whether the model can explain its predictions. */
  readonly hasActivationMaps: boolean;
  /**
   * Classifies photos and shows the progress on standard error. Yields the answers in the order of the photos. When it is
   * asked for the next one, the one before is in the results.
   *
   * @throws Error in one line if the model or the service fails.
   */
  classify(work: PhotosToClassify): AsyncIterable<AnsweredPhoto>;
}
