import type { Prediction } from '../../../../lambda/model/classifier.ts';
import type { Manifest } from '../../../../lambda/model/manifest.ts';
import { alignColumns } from '../../command/columns.ts';
import type { CheckedBundle } from './check.ts';
import type { CheckedOutputs } from './outputs.ts';

/** What a bundle is, and what it says of a photo. */
export function describeBundle(
  { manifest, labels, predictions, outputs }: CheckedBundle,
  photo: string,
): string {
  const { name, version, precision, file, sha256, weights, licence } = manifest;
  return [
    alignColumns([
      ['model', `${name} ${version}, ${precision}`],
      ['graph', `${file}, sha256 ${sha256}`],
      ...(weights ? [['weights', `${weights.file}, sha256 ${weights.sha256}`]] : []),
      ['input', describeInput(manifest)],
      ['output', `${manifest.output.name}: ${labels.length} ${manifest.output.kind}`],
      ...outputRows(manifest, outputs),
      ['photos', describePreprocessing(manifest)],
      ['licence', licence],
    ]),
    '',
    photo,
    describePredictions(predictions),
  ].join('\n');
}

function describeInput({ input: { name, dtype, layout, shape } }: Manifest): string {
  const [batch, ...sizes] = shape;
  return `${name}: ${dtype} ${layout} [${[batch ?? 'any number', ...sizes].join(', ')}]`;
}

/** The rows for what a model gives besides its scores. */
function outputRows(
  { embedding, activationMaps }: Manifest,
  checked: CheckedOutputs,
): readonly (readonly string[])[] {
  return [
    ['embedding', embedding ? `${embedding.name}: ${embedding.shape[1]} values, ${embedding.dtype}` : 'none'],
    [
      'maps',
      activationMaps
        ? `${activationMaps.rows} x ${activationMaps.columns} of ${activationMaps.features.name}, ${describeCheck(checked)}`
        : 'none',
    ],
  ];
}

function describeCheck(checked: CheckedOutputs): string {
  if (checked === undefined) return 'not checked';
  if ('unknown' in checked) return `not compared with the scores: ${checked.unknown}`;
  const { classes, difference, tolerance } = checked;
  return (
    `their means are the scores of the first ${classes} classes ` +
    `(largest difference ${difference.toPrecision(2)}, allowed ${tolerance.toPrecision(2)})`
  );
}

function describePreprocessing({ input, preprocessing }: Manifest): string {
  const { resize, crop, rescale, mean, std } = preprocessing;
  const size =
    'shortSide' in resize ? `short side to ${resize.shortSide}` : `both sides to ${resize.exactSide}`;
  const values =
    input.dtype === 'uint8' && input.quantization === undefined
      ? 'values of 0..255'
      : `(value * ${rescale === undefined ? '1/255' : rescale} - [${mean.join(', ')}]) / [${std.join(', ')}]`;
  return `${size} (${resize.interpolation}), central ${crop} x ${crop}, ${values}`;
}

const describePredictions = (predictions: readonly Prediction[]): string =>
  alignColumns(
    predictions.map(({ rank, probability, label }) => [String(rank), probability.toFixed(4), label]),
  );
