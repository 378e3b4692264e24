import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { labelsSchema, type Manifest, manifestSchema } from '../../../lambda/model/manifest.ts';
import { parseJson, parseOrThrow } from '../../../lambda/model/parse.ts';
import type { DownloadOptions } from '../download/download.ts';
import { inFolder, writeFileAtomically } from '../system/files.ts';
import { inspectModel } from './inspect.ts';
import { obtainConverted, obtainOnnx } from './obtain.ts';
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

/**
 * Makes a model bundle from a published model. The manifest is renamed into place last, and the name of the
 * model's file contains its checksum, so the manifest in `directory` always describes files that exist: the
 * old ones or the new ones.
 *
 * @returns whether anything was downloaded.
 * @throws Error in one line. An existing bundle is unchanged, and no new empty folder is left behind.
 */
export function fetchModel(wanted: FetchRequest, options: DownloadOptions = {}): Promise<boolean> {
  return inFolder(wanted.directory, () => makeBundle(wanted, options));
}

async function makeBundle(wanted: FetchRequest, options: DownloadOptions): Promise<boolean> {
  const { name, source, directory } = wanted;
  const replaced = await readManifest(directory);
  if (replaced !== undefined && replaced.name !== name && !wanted.force) {
    throw new Error(
      `${directory}: expected no bundle or a bundle of ${name}, got ${replaced.name}; --force replaces it`,
    );
  }
  const labels = await readFile(wanted.labelsFile);
  parseJson(labelsSchema.length(1000), labels.toString('utf8'), wanted.labelsFile);

  const obtain = source.format === 'onnx' ? obtainOnnx : obtainConverted;
  const model = await obtain({ ...wanted, replaced }, options);

  const signature = await inspectModel(join(directory, model.file), source.preprocessing.crop);
  const manifest = {
    schema: 1,
    name,
    version: source.version,
    description: source.description,
    file: model.file,
    sha256: model.sha256,
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
  for (const obsolete of [replaced?.file, model.intermediate]) {
    if (obsolete !== undefined && obsolete !== model.file) {
      await rm(join(directory, obsolete), { force: true });
    }
  }
  return model.downloaded;
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
