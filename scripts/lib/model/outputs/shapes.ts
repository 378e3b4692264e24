import type { Manifest } from '../../../../lambda/model/manifest.ts';
import { MAX_EMBEDDING_VALUES, MAX_FEATURE_VALUES, MAX_MAP_SIDE } from '../../../../lambda/model/manifest.ts';
import { NoTail } from './tail/no-tail.ts';
import type { Tail } from './tail/tail.ts';
import type { ModelRun } from './trial.ts';

/** Of one image, without the batch. */
export interface TailShapes {
  readonly embedding: readonly [number];
  readonly features: readonly [number, number, number];
  readonly rows: number;
  readonly columns: number;
}

/**
 * The shapes of the feature maps and of the embedding, as a run had them.
 *
 * @throws NoTail unless they fit the dense layer and the pooling.
 */
export function shapesOf(
  { layout, window, weights, features, embedding }: Tail,
  { shapes }: Pick<ModelRun, 'shapes'>,
  output: Manifest['output'],
): TailShapes {
  const [count, channels, ...more] = shapes.embedding;
  if (more.length > 0 || channels !== weights.channels || weights.classes !== output.shape[1]) {
    throw new NoTail(
      `expected ${embedding.name} to be [${count}, ${weights.channels}] for ${output.shape[1]} classes, ` +
        `got [${shapes.embedding.join(', ')}] for ${weights.classes}`,
    );
  }
  const [batch, first = 0, second = 0, third = 0] = shapes.features;
  const [found, rows, columns] = layout === 'NCHW' ? [first, second, third] : [third, first, second];
  if (shapes.features.length !== 4 || batch !== count || found !== channels) {
    throw new NoTail(
      `expected ${features.name} to be ${count} x ${channels} feature maps in ${layout}, got [${shapes.features.join(', ')}]`,
    );
  }
  if (window !== undefined && window.join() !== `${rows},${columns}`) {
    throw new NoTail(
      `expected the mean of whole feature maps of ${rows} x ${columns}, got that of ${window.join(' x ')}`,
    );
  }
  if (channels * rows * columns > MAX_FEATURE_VALUES) {
    throw new NoTail(
      `expected at most ${MAX_FEATURE_VALUES} values in the feature maps of an image, got ${channels * rows * columns}`,
    );
  }
  if (rows > MAX_MAP_SIDE || columns > MAX_MAP_SIDE || channels > MAX_EMBEDDING_VALUES) {
    throw new NoTail(
      `expected at most ${MAX_EMBEDDING_VALUES} feature maps of at most ${MAX_MAP_SIDE} x ${MAX_MAP_SIDE}, ` +
        `got ${channels} of ${rows} x ${columns}`,
    );
  }
  return { embedding: [channels], features: [first, second, third], rows, columns };
}
