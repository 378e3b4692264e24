import { writeFile } from 'node:fs/promises';
import type { Manifest, ModelInput } from '../../../../../lambda/model/manifest.ts';
import { type Dimension, declareShapes } from '../../onnx/shapes.ts';
import {
  type DeclaredInput,
  type DeclaredTensor,
  declaredInput,
  declaredOutput,
  type InputReading,
  readingsOf,
} from './declared.ts';
import { withSession } from './session.ts';
import { areProbabilities, areShares, runOnNoise } from './trial.ts';

export interface FitRequest {
  /** The bytes of the ONNX file. */
  readonly model: Uint8Array;
  /** Where to write the graph that the service can load. The files that it refers to lie beside it. */
  readonly path: string;
  /** The model's name in errors. */
  readonly shown: string;
  /** The output's name, if there are several. */
  readonly output: string | undefined;
  /**
   * @param fixed height and width in pixels, if the graph takes no other.
   * @returns height and width of the images.
   * @throws Error in one line
   */
  readonly chooseSide: (fixed: number | undefined) => number;
}

export interface FittedGraph {
  readonly input: ModelInput;
  readonly output: Manifest['output'];
  /** What whoever imports the model should know. */
  readonly notes: readonly string[];
}

/**
 * Writes a graph that the service can load: with one height, one width and a known number of classes. Exports often
 * leave these open. A graph that has them stays as it is, byte by byte; in others only the declared shapes change,
 * which also lets ONNX Runtime compute in advance what depends on them.
 *
 * @throws Error in one line if the model is no image classifier that the service can run.
 */
export async function fitGraph(request: FitRequest): Promise<FittedGraph> {
  const { model, path, shown, output: wanted, chooseSide } = request;
  await writeFile(path, model);
  const declared = await withSession(path, shown, (session) => ({
    input: declaredInput(session, shown),
    output: declaredOutput(session, shown, wanted),
  }));
  let failure: unknown;
  for (const reading of readingsOf(declared.input, shown)) {
    const side = chooseSide(reading.side);
    for (const batch of batchesToTry(reading)) {
      try {
        return await fitTo(request, declared, { ...reading, batch, side });
      } catch (error) {
        failure ??= error;
      }
    }
  }
  throw failure;
}

/** Some exports declare any number of images and work for one, because a constant inside says 1. */
const batchesToTry = ({ batch }: InputReading): readonly Dimension[] =>
  typeof batch === 'number' ? [batch] : [batch || 'batch', 1];

async function fitTo(
  { model, path, shown }: FitRequest,
  declared: { readonly input: DeclaredInput; readonly output: DeclaredTensor },
  { layout, batch, side }: { layout: ModelInput['layout']; batch: Dimension; side: number },
): Promise<FittedGraph> {
  const isFree = typeof batch === 'string';
  const sizes = layout === 'NCHW' ? ([3, side, side] as const) : ([side, side, 3] as const);
  const { name, dtype, shape } = declared.input;
  const input = { name, dtype, layout, shape: [isFree ? null : batch, ...sizes] } as ModelInput;

  const changes = new Map<string, readonly Dimension[]>();
  if (!isSame(shape, input.shape)) changes.set(name, [batch, ...sizes]);
  const write = () =>
    writeFile(path, changes.size === 0 ? model : Buffer.concat(declareShapes(model, changes)));
  await write();
  const trial = await withSession(path, shown, async (session) => {
    const run = (seed: number) =>
      runOnNoise(session, { input, output: declared.output.name, count: isFree ? 2 : batch, seed }, shown);
    return {
      rows: [...(await run(1)), ...(await run(2))],
      output: declaredOutput(session, shown, declared.output.name),
    };
  });

  const classes = trial.rows[0]?.length ?? 0;
  const [outputBatch = batch] = trial.output.shape;
  const rows = typeof outputBatch === 'number' ? outputBatch : null;
  if (!isSame(trial.output.shape, [rows, classes])) {
    changes.set(trial.output.name, [outputBatch || 'batch', classes]);
    await write();
  }
  const isProbability = areProbabilities(trial.rows);
  return {
    input,
    output: {
      name: trial.output.name,
      dtype: 'float32',
      shape: [rows, classes],
      kind: isProbability ? 'probabilities' : 'logits',
    },
    notes: [
      ...(typeof declared.input.shape[0] === 'string' && !isFree
        ? ['The graph declares any number of images, but runs on one at a time: the bundle says so.']
        : []),
      ...(!isProbability && areShares(trial.rows)
        ? [
            'All outputs are between 0 and 1 but do not add up to 1. If they are independent scores (a photo can have several labels), the probabilities of the service are wrong.',
          ]
        : []),
    ],
  };
}

/** @param wanted null for any size. */
function isSame(declared: readonly Dimension[], wanted: readonly (number | null)[]): boolean {
  return (
    declared.length === wanted.length &&
    declared.every((size, index) => (typeof size === 'number' ? size : null) === wanted[index])
  );
}
