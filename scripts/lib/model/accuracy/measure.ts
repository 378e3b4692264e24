import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../../../lambda/config.ts';
import { ServiceError } from '../../../../lambda/errors.ts';
import { labelsResponse, modelResponse, predictResponse } from '../../../../lambda/http/schemas.ts';
import { decodeImage } from '../../../../lambda/images/decode.ts';
import { inspectImage } from '../../../../lambda/images/inspect.ts';
import { loadClassifier } from '../../../../lambda/model/classifier.ts';
import { parseJson } from '../../../../lambda/model/parse.ts';
import { createTensorWriter } from '../../../../lambda/prediction/tensor.ts';

/** What answers: this process, or a service that is running. */
export interface Subject {
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string };
  readonly threads: number;
  /** WordNet ids of the classes. */
  readonly wnids: ReadonlySet<string>;
  /** The WordNet ids of the five most probable classes, most probable first. @throws UnusableImage */
  classify(image: Uint8Array): Promise<readonly string[]>;
}

export interface Accuracy {
  /** Photos that counted. */
  readonly images: number;
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
  /** Shares of the photos, 0..1, whose label is the most probable class and among the five most probable ones. */
  readonly top1: number;
  readonly top5: number;
  /** One at a time, reading the file included, loading the model not. */
  readonly imagesPerSecond: number;
  readonly model: Subject['model'];
  readonly threads: number;
}

/** An image that cannot be classified, for a reason that lies in the image. */
export class UnusableImage extends Error {
  override readonly name = 'UnusableImage';
}

const TOP = 5;
const LABELLED = /^(n\d{8})_.*\.jpe?g$/i;

/**
 * Classifies every `nXXXXXXXX_*.JPEG` of a folder. Other files, classes that the model does not know and images that
 * cannot be decoded are left out and named.
 *
 * @throws Error in one line where not one image is left.
 */
export async function measureAccuracy(
  directory: string,
  subject: Subject,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Accuracy> {
  const files = await listFiles(directory);
  const skipped: { file: string; reason: string }[] = [];
  let images = 0;
  let first = 0;
  let amongTop = 0;
  const start = performance.now();
  for (const [index, file] of files.entries()) {
    const wnid = LABELLED.exec(file)?.[1]?.toLowerCase();
    try {
      if (wnid === undefined) throw new UnusableImage('its name is not nXXXXXXXX_*.JPEG');
      if (!subject.wnids.has(wnid)) throw new UnusableImage(`${wnid} is no class of the model`);
      const answer = await subject.classify(await readFile(join(directory, file)));
      images += 1;
      if (answer[0] === wnid) first += 1;
      if (answer.includes(wnid)) amongTop += 1;
    } catch (error) {
      if (!(error instanceof UnusableImage)) throw error;
      skipped.push({ file, reason: error.message });
    }
    onProgress(index + 1, files.length);
  }
  const seconds = (performance.now() - start) / 1000;
  if (images === 0) {
    const [example] = skipped;
    const reason = example ? `; ${example.file}: ${example.reason}` : '';
    throw new Error(`${directory}: expected photos named nXXXXXXXX_*.JPEG, got none that counts${reason}`);
  }
  return {
    images,
    skipped,
    top1: first / images,
    top5: amongTop / images,
    imagesPerSecond: images / seconds,
    model: subject.model,
    threads: subject.threads,
  };
}

async function listFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${directory}: expected a folder of photos, but it cannot be read (${cause.code})`, {
      cause,
    });
  });
  return entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map(({ name }) => name)
    .sort();
}

/** The model in this process, by the service's own code from bytes to named classes. */
export async function loadSubject(config: Pick<Config, 'modelDir' | 'threads' | 'limits'>): Promise<Subject> {
  const { modelDir, threads, limits } = config;
  const classifier = await loadClassifier(modelDir, { threads });
  const { name, version, sha256, preprocessing } = classifier.manifest;
  const { crop } = preprocessing;
  const write = createTensorWriter(crop, preprocessing);
  const tensor = new Float32Array(3 * crop * crop);
  return {
    model: { name, version, sha256 },
    threads,
    wnids: new Set(classifier.labels.map(({ wnid }) => wnid)),
    async classify(image) {
      const { rgb } = await inspectImage(image, preprocessing, limits)
        .then(decodeImage)
        .catch((error: unknown) => {
          throw error instanceof ServiceError ? new UnusableImage(error.detail, { cause: error }) : error;
        });
      write(rgb, tensor, 0);
      const [predictions = []] = await classifier.classify(tensor, 1, TOP);
      return predictions.map(({ wnid }) => wnid);
    },
  };
}

/** A running service behind `url`. @throws Error in one line where it does not answer as this service does. */
export async function connectSubject(url: string): Promise<Subject> {
  const model = await request(url, 'model', modelResponse);
  const labels = await request(url, 'model/labels', labelsResponse);
  return {
    model: { name: model.name, version: model.version, sha256: model.sha256 },
    threads: model.runtime.threads,
    wnids: new Set(labels.map(({ wnid }) => wnid)),
    async classify(image) {
      const body = image as Uint8Array<ArrayBuffer>;
      const { predictions } = await request(url, `predict?top_k=${TOP}`, predictResponse, {
        method: 'POST',
        body,
      });
      return predictions.map(({ wnid }) => wnid);
    },
  };
}

const problemDetail = z.object({ detail: z.string() });

async function request<Schema extends z.ZodType>(
  base: string,
  path: string,
  schema: Schema,
  init: RequestInit = {},
): Promise<z.output<Schema>> {
  // A base with a path, such as the stage of a REST API, keeps it.
  const url = new URL(path, base.endsWith('/') ? base : `${base}/`).href;
  const response = await fetch(url, init).catch((cause: Error) => {
    const reason = cause.cause instanceof Error ? cause.cause.message || cause.message : cause.message;
    throw new Error(`${url}: expected a running service, but it cannot be reached: ${reason}`, { cause });
  });
  const text = await response.text();
  if (response.ok) return parseJson(schema, text, url);
  const isImageRefused = init.method === 'POST' && [400, 413, 415, 422].includes(response.status);
  if (isImageRefused) throw new UnusableImage(parseJson(problemDetail, text, url).detail);
  throw new Error(`${url}: expected an answer, got HTTP ${response.status}`);
}

/** A short table. The standard error is that of a share of so many images. */
export function formatAccuracy({
  images,
  skipped,
  top1,
  top5,
  imagesPerSecond,
  model,
  threads,
}: Accuracy): string {
  const share = (value: number) => {
    const standardError = Math.sqrt((value * (1 - value)) / images);
    return `${value.toFixed(4)} ± ${standardError.toFixed(4)}`;
  };
  return [
    `model    ${model.name} ${model.version}, sha256 ${model.sha256.slice(0, 12)}`,
    `images   ${images}, ${skipped.length} skipped`,
    `top-1    ${share(top1)}`,
    `top-5    ${share(top5)}`,
    `speed    ${imagesPerSecond.toFixed(1)} images/s, ${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    ...skipped.map(({ file, reason }) => `skipped  ${file}: ${reason}`),
  ].join('\n');
}
