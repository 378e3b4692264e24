import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { manifestSchema } from '../../../lambda/model/manifest.ts';
import { parseJson } from '../../../lambda/model/parse.ts';
import { alignColumns } from '../command/columns.ts';

const { sha256, precision, preprocessing, accuracy, licence } = manifestSchema.shape;

const commonSchema = z.strictObject({
  description: z.string().min(1),
  /** The publisher's revision. */
  version: z.string().min(1),
  url: z.url({ protocol: /^https?$/ }),
  /** Size of the download in bytes. */
  bytes: z.number().int().positive(),
  /** Of the download. */
  sha256,
  /** Where the checksum comes from, because this project did not publish the file. */
  evidence: z.string().min(1),
  licence,
  preprocessing,
  accuracy,
  /** Who measured the accuracy. */
  accuracySource: z.string().min(1),
});

/** A published ResNet-50, and what its file does not say. */
const modelSourceSchema = z.discriminatedUnion('format', [
  commonSchema.extend({ format: z.literal('onnx'), precision }),
  /** A state dict written by torch.save, which is converted to ONNX after the download. */
  commonSchema.extend({ format: z.literal('torchvision-resnet50'), precision: z.literal('fp32') }),
]);

export type ModelSource = z.infer<typeof modelSourceSchema>;

const modelSourcesSchema = z.strictObject({
  schema: z.literal(1),
  /** By name, which is also the name of the folder in `models/`. */
  sources: z.record(
    z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'expected lower-case letters, digits, dots and hyphens'),
    modelSourceSchema,
  ),
});

export type ModelSources = z.infer<typeof modelSourcesSchema>['sources'];

/** @throws Error in one line with the file and the field. */
export async function loadModelSources(path: string): Promise<ModelSources> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path}: expected a list of model sources, but it cannot be read (${cause.code})`, {
      cause,
    });
  });
  return parseJson(modelSourcesSchema, text, path).sources;
}

/** One line for each source: name, size, licence, accuracy. */
export function describeSources(sources: ModelSources): string {
  const rows = Object.entries(sources).map(([name, source]) => {
    const [measured] = source.accuracy;
    return [
      name,
      `${(source.bytes / 1e6).toFixed(1)} MB`,
      source.licence,
      measured === undefined ? 'accuracy unknown' : `${(measured.top1 * 100).toFixed(2)} % top-1`,
    ];
  });
  return alignColumns(rows);
}
