import { readFile } from 'node:fs/promises';
import { readConfig } from '../../lambda/config.ts';
import { loadPredictor } from '../../scripts/lib/model/predictor.ts';
import type { LoadRequest } from './load/client.ts';
import { type Photo, usualPhotos } from './photos.ts';
import type { KnownPhoto } from './subjects/first-prediction.ts';

/** The photos that every server gets, and the right answers. */
export interface Workload {
  readonly photos: readonly Photo[];
  /** The index of the expected top-1 class, by the name of the photo. */
  readonly expectedTop: Readonly<Record<string, number>>;
}

/**
 * Makes the photos, and classifies them with the service's own code in this process. Every server must agree.
 *
 * @param model a folder in models/. Default: that of the service.
 */
export async function prepareWorkload(model?: string): Promise<Workload> {
  const photos = await usualPhotos();
  const { predict } = await loadPredictor(readConfig(model === undefined ? {} : { MODELS: model }));
  const expectedTop: Record<string, number> = {};
  for (const { name, path } of photos) {
    const [top] = await predict(await readFile(path), 1);
    expectedTop[name] = top?.index ?? Number.NaN;
  }
  return { photos, expectedTop };
}

/** Requests with one photo each. */
export const singles = (
  { photos, expectedTop }: Workload,
  chosen: readonly Photo[] = photos,
): LoadRequest[] =>
  chosen.map(({ name, path }) => ({ photos: [path], expectedTop: [expectedTop[name] ?? Number.NaN] }));

/** The photo whose prediction ends a start. */
export async function knownPhoto({ photos, expectedTop }: Workload): Promise<KnownPhoto> {
  const [photo] = photos;
  if (!photo) throw new Error('Expected a photo, got none');
  return { image: await readFile(photo.path), expectedTop: expectedTop[photo.name] ?? Number.NaN };
}
