import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { labelsSchema, type Manifest, manifestSchema } from '../../../lambda/model/manifest.ts';
import { parseJson, parseOrThrow } from '../../../lambda/model/parse.ts';
import type { DownloadOptions } from '../download/download.ts';
import { inFolder, writeFileAtomically } from '../system/files.ts';
import { inspectModel } from './inspect.ts';
import { fileName, obtainModel } from './obtain.ts';
import { extendBundle } from './outputs/bundle.ts';
import type { ModelSource } from './sources.ts';

export interface FetchRequest {
  readonly name: string;
  readonly source: ModelSource;
  /** The bundle: the folder of the model, its labels and its manifest. */
  readonly directory: string;
  /** `labels.json` of ImageNet-1k. */
  readonly labelsFile: string;
  /** Downloads files again even if they exist, and replaces a bundle of another name. */
  readonly force: boolean;
}

export interface FetchedModel {
  /** Whether anything was downloaded. */
  readonly downloaded: boolean;
  /** Whether the model has an embedding and class activation maps, in a sentence. */
  readonly outputs: string;
}

/**
 * Makes a model bundle from a published model. The manifest is renamed into place last, and the name of the
 * model's file contains its checksum, so the manifest in `directory` always describes files that exist: the
 * old ones or the new ones.
 *
 * @throws Error in one line. An existing bundle is unchanged, and no new empty folder is left behind.
 */
export function fetchModel(wanted: FetchRequest, options: DownloadOptions = {}): Promise<FetchedModel> {
  return inFolder(wanted.directory, () => makeBundle(wanted, options));
}

async function makeBundle(wanted: FetchRequest, options: DownloadOptions): Promise<FetchedModel> {
  const { name, source, directory } = wanted;
  const replaced = await readManifest(directory);
  if (replaced !== undefined && replaced.name !== name && !wanted.force) {
    throw new Error(
      `${directory}: expected no bundle or a bundle of ${name}, got ${replaced.name}; --force replaces it`,
    );
  }
  const labels = await readFile(wanted.labelsFile);
  parseJson(labelsSchema.length(1000), labels.toString('utf8'), wanted.labelsFile);

  const model = await obtainModel({ ...wanted, replaced }, options);
  const signature = await inspectModel(join(directory, model.file), source.preprocessing.crop, model.output);
  const extended = await extendBundle(
    directory,
    { ...model, ...signature },
    {
      fileOf: (sha256) => fileName(name, sha256, 'onnx'),
      mapsFileOf: (sha256) => fileName(`${name}-maps`, sha256, 'onnx'),
    },
  );
  const manifest = {
    schema: 1,
    name,
    version: source.version,
    description: source.description,
    ...extended.fields,
    precision: source.precision,
    ...signature,
    preprocessing: source.preprocessing,
    labels: 'labels.json',
    licence: source.licence,
    provenance: { source: model.provenance, createdBy: `npm run model:fetch -- ${name}` },
    accuracy: source.accuracy,
  } satisfies Manifest;
  parseOrThrow(manifestSchema, manifest, `the manifest of ${name}`);
  await writeFileAtomically(join(directory, manifest.labels), labels);
  await writeFileAtomically(join(directory, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  const needed: readonly (string | undefined)[] = [manifest.file, extended.fields.activationMaps?.file];
  for (const file of [replaced?.file, replaced?.activationMaps?.file, model.file, model.download]) {
    if (file !== undefined && !needed.includes(file)) await rm(join(directory, file), { force: true });
  }
  return { downloaded: model.downloaded, outputs: extended.description };
}

/** @returns undefined if there is no bundle. */
async function readManifest(directory: string): Promise<Manifest | undefined> {
  const path = join(directory, 'manifest.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  return parseJson(manifestSchema, text, path);
}
