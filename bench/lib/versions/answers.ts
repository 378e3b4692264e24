import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { parseJson } from '../../../lambda/model/parse.ts';

const PHOTO = /\.(avif|gif|jpe?g|png|tiff?|webp)$/i;
/** Every class of ImageNet. */
const ALL_CLASSES = 1000;

const predictions = z.object({ predictions: z.array(z.unknown()) });
const problem = z.object({ code: z.string() });

/** What a service answers to a photo: all classes with their probabilities, or why it refuses the photo. */
export type Answer =
  | { readonly predictions: readonly unknown[] }
  | { readonly status: number; readonly code: string };

export interface AnswerComparison {
  readonly photos: number;
  /** The names of the photos whose answers are not the same to the last bit. */
  readonly different: readonly string[];
}

/**
 * Sends every photo of a folder to two services, and compares the probabilities of all classes.
 *
 * @throws Error if the folder has no photos.
 */
export async function compareAnswers(
  folder: string,
  urls: readonly [string, string],
): Promise<AnswerComparison> {
  const names = (await readdir(folder)).filter((name) => PHOTO.test(name)).sort();
  if (names.length === 0) throw new Error(`${folder}: expected photos, got none`);
  const different: string[] = [];
  for (const name of names) {
    const bytes = await readFile(join(folder, name));
    const [first, second] = await Promise.all(urls.map((url) => answerOf(url, bytes)));
    if (!isDeepStrictEqual(first, second)) different.push(name);
  }
  return { photos: names.length, different };
}

async function answerOf(url: string, body: Uint8Array<ArrayBuffer>): Promise<Answer> {
  const response = await fetch(`${url}/predict?top_k=${ALL_CLASSES}`, { method: 'POST', body });
  const text = await response.text();
  if (response.ok) return parseJson(predictions, text, url);
  return { status: response.status, ...parseJson(problem, text, url) };
}
