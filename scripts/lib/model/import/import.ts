import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MANIFEST } from '../../../../lambda/model/bundle.ts';
import { type Label, type Manifest, manifestSchema } from '../../../../lambda/model/manifest.ts';
import { parseOrThrow } from '../../../../lambda/model/parse.ts';
import { UsageError } from '../../command/usage-error.ts';
import { sha256Of } from '../../system/files.ts';
import { type CheckedBundle, checkBundle } from '../check/check.ts';
import { extendBundle } from '../outputs/bundle.ts';
import { findExport, type ModelExport } from './export.ts';
import { stageGraph } from './graph/stage.ts';
import { quantizeBundle } from './int8.ts';
import { IMAGENET_LABELS, readLabels } from './labels.ts';
import { nameFrom } from './names.ts';
import { PRESET_NAMES, type PresetName, presetRecipe } from './preprocessing/presets.ts';
import { type Overrides, preprocessingOf, type Recipe } from './preprocessing/recipe.ts';
import { sideChooser } from './side.ts';
import { stageBundle } from './staging.ts';

export interface ImportRequest {
  /** An ONNX file, or a folder with one and with files that describe it. */
  readonly source: string;
  /** Of the model. @default the name of the file or folder */
  readonly name: string | undefined;
  readonly version: string;
  readonly licence: string | undefined;
  /** @param name of the model. @returns the folder of the bundle */
  readonly directoryOf: (name: string) => string;
  /** Replaces a bundle that exists. */
  readonly force: boolean;
  /** A file of labels, or `imagenet`. @default what the folder says */
  readonly labels: string | undefined;
  /** @default what the folder says */
  readonly preset: PresetName | undefined;
  readonly overrides: Overrides;
  /** Height and width of the input in pixels, for a graph that takes any. */
  readonly size: number | undefined;
  /** The ONNX file of a folder with several. */
  readonly graph: string | undefined;
  /** The output of a graph with several. */
  readonly output: string | undefined;
  /** The folder of photos to quantize with. @default no quantization */
  readonly calibration: string | undefined;
  /** The photo to try the bundle with. */
  readonly example: string;
}

export interface ImportedBundle extends CheckedBundle {
  readonly directory: string;
  /** What whoever imports the model should know. */
  readonly notes: readonly string[];
}

/**
 * Makes a bundle of an exported model and tries it with the service's own code before it is put in its place.
 *
 * @param onStep is told what takes long.
 * @throws Error in one line for a model that the service cannot serve. Nothing is left behind, and a bundle that
 *   exists stays as it was.
 */
export async function importModel(
  request: ImportRequest,
  onStep: (step: string) => void,
): Promise<ImportedBundle> {
  const { source } = request;
  const name = parseOrThrow(manifestSchema.shape.name, request.name ?? nameFrom(source), '--name');
  const version = parseOrThrow(manifestSchema.shape.version, request.version, '--version');
  const found = await findExport(source, request.graph);
  const recipe = recipeFor(request, found);
  const labels = await labelsFor(request, found);
  const directory = request.directoryOf(name);

  return stageBundle(directory, request.force, async (staged) => {
    const graph = await stageGraph(staged, name, {
      source: found.graph,
      output: request.output,
      chooseSide: sideChooser(request.size, recipe, found.imageSize),
    });
    const classes = graph.output.shape[1];
    if (labels.list.length !== classes) {
      throw new Error(
        `${labels.origin}: expected ${classes} names, one for each class of the output ${graph.output.name}, ` +
          `got ${labels.list.length}`,
      );
    }
    const { notes, ...stored } = graph;
    const { layout, dtype, shape } = stored.input;
    const side = layout === 'NCHW' ? shape[3] : shape[2];
    const manifest: Manifest = {
      schema: 1,
      name,
      version,
      description: `${found.architecture ?? name} for ${classes} classes, imported from ${basename(found.graph)}`,
      ...stored,
      preprocessing: preprocessingOf(recipe, request.overrides, side, dtype),
      labels: 'labels.json',
      licence: request.licence ?? found.licence ?? NO_LICENCE,
      provenance: {
        source: `${found.hubId ?? basename(found.graph)} (sha256 ${await sha256Of(found.graph)})`,
        createdBy: 'npm run model:import',
      },
      accuracy: [],
    };
    const write = (written: Manifest) => writeBundle(staged, written, labels.list);
    await write(manifest);
    const { calibration } = request;
    const quantized =
      calibration === undefined
        ? undefined
        : await quantizeBundle(staged, manifest, { calibration, write, onStep });
    const final = quantized?.manifest ?? manifest;
    const { fields, description } = await extendBundle(staged, final, {
      fileOf: () => final.file,
      mapsFileOf: () => `${name}-maps.onnx`,
    });
    await write({ ...final, ...fields });
    const licence =
      manifest.licence === NO_LICENCE ? ['The licence is not stated: --licence NAME states it.'] : [];
    const checked = await checkBundle(staged, request.example);
    return {
      ...checked,
      directory,
      notes: [
        ...notes,
        ...(quantized ? [quantized.agreement] : []),
        ...(fields.embedding ? [] : [description]),
        ...licence,
      ],
    };
  });
}

const NO_LICENCE = 'not stated';

function recipeFor({ preset, source }: ImportRequest, found: ModelExport): Recipe {
  if (preset !== undefined) return presetRecipe(preset);
  if (found.recipe !== undefined) return found.recipe();
  throw new UsageError(
    `--preset: expected one of ${PRESET_NAMES.join(', ')}, because nothing in ${source} says how photos are prepared; see docs/troubleshooting.md#preprocessing-is-unknown`,
  );
}

async function labelsFor(
  { labels, source }: ImportRequest,
  found: ModelExport,
): Promise<{ readonly list: readonly Label[]; readonly origin: string }> {
  if (labels !== undefined) return { list: await readLabels(labels), origin: labels };
  if (found.labels !== undefined) return { list: found.labels(), origin: source };
  throw new UsageError(
    `--labels: expected a file with the names of the classes, because nothing in ${source} has them; ` +
      `"${IMAGENET_LABELS}" stands for those of ImageNet-1k`,
  );
}

async function writeBundle(directory: string, manifest: Manifest, labels: readonly Label[]): Promise<void> {
  parseOrThrow(manifestSchema, manifest, `the manifest of ${manifest.name}`);
  const lines = labels.map((label) => JSON.stringify(label));
  await writeFile(join(directory, manifest.labels), `[\n${lines.join(',\n')}\n]\n`);
  await writeFile(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}
