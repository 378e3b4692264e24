import { z } from 'zod';
import { labelsResponse, modelResponse } from '../../../../lambda/http/schemas/models.ts';
import { predictionResult } from '../../../../lambda/http/schemas/predictions.ts';
import { parseJson } from '../../../../lambda/model/parse.ts';
import { whyUnreachable } from '../../system/unreachable.ts';
import { type PhotoClassifier, TOP, UnusableImage, wnidsOf } from './photo-classifier.ts';

/** The running service at `url`. @throws Error in one line if it does not answer as this service does. */
export async function connectPhotoClassifier(url: string): Promise<PhotoClassifier> {
  const model = await request(url, 'model', modelResponse);
  const labels = await request(url, 'model/labels', labelsResponse);
  return {
    model: { name: model.name, version: model.version, sha256: model.sha256 },
    threads: model.runtime.threads,
    wnids: new Set(wnidsOf(labels)),
    async classify(image) {
      const body = image as Uint8Array<ArrayBuffer>;
      const { predictions } = await request(url, `predict?top_k=${TOP}`, predictionResult, {
        method: 'POST',
        body,
      });
      return wnidsOf(predictions);
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
  // Keeps the path of a base such as the stage of a REST API.
  const url = new URL(path, base.endsWith('/') ? base : `${base}/`).href;
  const response = await fetch(url, init).catch((cause: Error) => {
    throw new Error(
      `${url}: expected a running service, but it cannot be reached: ${whyUnreachable(cause)}`,
      { cause },
    );
  });
  const text = await response.text();
  if (response.ok) return parseJson(schema, text, url);
  const isImageRefused = init.method === 'POST' && [400, 413, 415, 422].includes(response.status);
  if (isImageRefused) throw new UnusableImage(parseJson(problemDetail, text, url).detail);
  throw new Error(`${url}: expected an answer, got HTTP ${response.status}`);
}
