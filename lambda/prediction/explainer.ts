import { type Region, type Size, seenRegion } from '../images/geometry.ts';
import type { Classifier, Prediction } from '../model/classifier.ts';
import type { OutputValues } from '../model/output-values.ts';

/** Where in the picture the model sees a class. */
export interface ClassMap extends Pick<Prediction, 'rank' | 'index'> {
  /** Rows from the top, each with its values from the left. Their mean plus the class's bias is its logit. */
  readonly values: readonly Float32Array[];
  readonly minimum: number;
  readonly maximum: number;
}

export interface Explanation {
  /** The part of the picture that each map covers, in pixels of the upright picture. */
  readonly region: Region;
  /** In the order of the predictions. */
  readonly maps: readonly ClassMap[];
}

/** @throws TypeError for a model without activation maps. */
export type Explainer = (
  features: OutputValues,
  predictions: readonly Prediction[],
  size: Size,
) => Promise<Explanation>;

export function createExplainer({
  manifest,
  activationMapper,
}: Pick<Classifier, 'manifest' | 'activationMapper'>): Explainer {
  const { preprocessing, activationMaps } = manifest;

  return async (features, predictions, size) => {
    if (!activationMapper || !activationMaps) {
      throw new TypeError(`Expected a model with activation maps, got ${manifest.name}.`);
    }
    const maps = await activationMapper(
      features,
      predictions.map(({ index }) => index),
    );
    return {
      region: seenRegion(size, preprocessing),
      maps: predictions.map(({ rank, index }, position) => ({
        rank,
        index,
        ...inRows(maps[position] as Float32Array, activationMaps.columns),
      })),
    };
  };
}

function inRows(values: Float32Array, columns: number): Pick<ClassMap, 'values' | 'minimum' | 'maximum'> {
  return {
    values: Array.from({ length: values.length / columns }, (_, row) =>
      values.subarray(row * columns, (row + 1) * columns),
    ),
    minimum: Math.min(...values),
    maximum: Math.max(...values),
  };
}
