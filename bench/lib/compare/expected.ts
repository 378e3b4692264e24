import { readFile } from 'node:fs/promises';
import { readConfig } from '../../../lambda/config.ts';
import { loadPredictor } from '../../../scripts/lib/model/predictor.ts';
import type { Photo } from '../photos.ts';

/**
 * The index of each photo's top-1 class, from the service's own code in this process. Every server must
 * agree.
 */
export async function expectedClasses(photos: readonly Photo[]): Promise<Record<string, number>> {
  const { predict } = await loadPredictor(readConfig({}));
  const classes: Record<string, number> = {};
  for (const { name, path } of photos) {
    const [top] = await predict(await readFile(path), 1);
    classes[name] = top?.index ?? Number.NaN;
  }
  return classes;
}
