import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { type ModelIdentity, manifestSchema } from '../lambda/model/manifest.ts';

const REPOSITORY = fileURLToPath(new URL('../models', import.meta.url));

const { name, version } = manifestSchema.shape;
const identitySchema = z.object({ name, version });
const labelsFile = z.object({ labels: manifestSchema.shape.labels });
const labelsSchema = z.array(z.object({ wnid: z.string().optional(), label: z.string() }));

/**
 * The name and the version in the manifest of a model bundle.
 *
 * @param folder its name in the repository of models.
 * @returns undefined if there is no such folder, or none with a readable manifest.
 */
export function bundleIdentity(folder: string, repository = REPOSITORY): ModelIdentity | undefined {
  return identitySchema.safeParse(readJson(folder, 'manifest.json', repository)).data;
}

/**
 * The WordNet ids and the labels of the classes of a model bundle.
 *
 * @returns undefined if they cannot be read.
 */
export function bundleClasses(folder: string, repository = REPOSITORY): ReadonlySet<string> | undefined {
  const manifest = labelsFile.safeParse(readJson(folder, 'manifest.json', repository)).data;
  const labels = manifest && labelsSchema.safeParse(readJson(folder, manifest.labels, repository)).data;
  return (
    labels && new Set(labels.flatMap(({ wnid, label }) => (wnid === undefined ? [label] : [wnid, label])))
  );
}

function readJson(folder: string, file: string, repository: string): unknown {
  try {
    return JSON.parse(readFileSync(join(repository, folder, file), 'utf8'));
  } catch {
    return undefined;
  }
}
