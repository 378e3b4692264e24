import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { labelsSchema, type Manifest, manifestSchema } from '../../../lambda/model/manifest.ts';
import { parseJson, parseOrThrow } from '../../../lambda/model/parse.ts';
import type { DownloadOptions } from '../download/download.ts';
import { writeFileAtomically } from '../system/files.ts';
import { inspectModel } from './inspect.ts';
import { obtainConverted, obtainOnnx } from './obtain.ts';
import type { ModelSource } from './sources.ts';

export interface FetchRequest {
  readonly name: string;
  readonly source: ModelSource;
  /** The bundle: where the model, its labels and its manifest go. */
  readonly directory: string;
  /** `labels.json` of ImageNet-1k. */
  readonly labelsFile: string;
  /** Download even what is there, and replace a bundle of another name. */
  readonly force: boolean;
}

/**
 * Makes a model bundle of a published model. The manifest is renamed into place last, and the model's file name holds
 * its checksum, so at every moment the manifest in `directory` describes files that are there: the old or the new.
 *
 * @returns whether bytes were downloaded.
 * @throws Error in one line; the bundle that was there is as it was.
 */
export async function fetchModel(wanted: FetchRequest, options: DownloadOptions = {}): Promise<boolean> {
  const { name, source, directory } = wanted;
  const replaced = await readManifest(directory);
  if (replaced !== undefined && replaced.name !== name && !wanted.force) {
    throw new Error(
      `${directory}: expected no bundle or one of ${name}, got ${replaced.name}; --force replaces it`,
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

/** @returns undefined where there is no bundle. */
async function readManifest(directory: string): Promise<Manifest | undefined> {
  const path = join(directory, 'manifest.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  return parseJson(manifestSchema, text, path);
}
