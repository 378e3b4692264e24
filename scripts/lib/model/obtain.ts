import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../../lambda/model/manifest.ts';
import { type DownloadOptions, download } from '../download/download.ts';
import { sha256Of, writeFileAtomically } from '../system/files.ts';
import { encodeOnnx } from './onnx/writer.ts';
import type { ModelSource } from './sources.ts';
import { buildResNet } from './torch/resnet-graph.ts';
import { readStateDict } from './torch/state-dict.ts';

export interface ObtainRequest {
  readonly name: string;
  readonly source: ModelSource;
  readonly directory: string;
  readonly force: boolean;
  /** The existing bundle in `directory`. */
  readonly replaced: Manifest | undefined;
}

/**
 * An ONNX file in the bundle's directory. Its name contains its checksum, so it never replaces another model.
 */
export interface ObtainedModel {
  readonly file: string;
  readonly sha256: string;
  /** The name of its scores output, if it is the model of the existing bundle, which may have more outputs. */
  readonly output?: string;
  /** Where the model comes from, for the manifest. */
  readonly provenance: string;
  readonly downloaded: boolean;
  /** The downloaded file in the directory, which the bundle may not need once it is complete. */
  readonly download: string;
}

/**
 * Downloads a model and converts it to ONNX, unless the bundle was already made from it. The download stays until the
 * bundle is complete, so that a failed run need not download it again.
 */
export async function obtainModel(wanted: ObtainRequest, options: DownloadOptions): Promise<ObtainedModel> {
  const { name, source, directory, replaced } = wanted;
  const isOnnx = source.format === 'onnx';
  const download = fileName(name, source.sha256, isOnnx ? 'onnx' : 'pth');
  const provenance = `${source.url} (sha256 ${source.sha256})`;
  if (!wanted.force && replaced?.provenance.source === provenance) {
    const { file, sha256, output } = replaced;
    if (await hasSha256(join(directory, file), sha256)) {
      return { file, sha256, output: output.name, provenance, downloaded: false, download };
    }
  }

  const downloaded = await downloadOnce(wanted, download, options);
  const model = isOnnx
    ? { file: download, sha256: source.sha256 }
    : await writeConverted(name, directory, join(directory, download));
  return { ...model, provenance, downloaded, download };
}

async function writeConverted(
  name: string,
  directory: string,
  stateDict: string,
): Promise<Pick<ObtainedModel, 'file' | 'sha256'>> {
  const onnx = await convertToOnnx(stateDict);
  const hash = createHash('sha256');
  for (const piece of onnx) hash.update(piece);
  const sha256 = hash.digest('hex');
  const file = fileName(name, sha256, 'onnx');
  await writeFileAtomically(join(directory, file), onnx);
  return { file, sha256 };
}

/** @throws Error in one line with the file and, if one is wrong, the tensor. */
async function convertToOnnx(path: string): Promise<readonly Uint8Array[]> {
  const file = await readFile(path);
  try {
    return encodeOnnx(buildResNet(readStateDict(file)));
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message}`, { cause });
  }
}

/** @returns whether anything was downloaded. */
async function downloadOnce(wanted: ObtainRequest, file: string, options: DownloadOptions): Promise<boolean> {
  const { url, bytes, sha256 } = wanted.source;
  const path = join(wanted.directory, file);
  if (!wanted.force && (await hasSha256(path, sha256))) return false;
  await download({ url, file: path, bytes, sha256 }, options);
  return true;
}

async function hasSha256(path: string, sha256: string): Promise<boolean> {
  return (await sha256Of(path).catch(() => undefined)) === sha256;
}

/** The name of a file of the bundle, with the start of its checksum. */
export function fileName(name: string, sha256: string, extension: 'onnx' | 'pth'): string {
  return `${name}-${sha256.slice(0, 8)}.${extension}`;
}
