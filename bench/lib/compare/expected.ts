import { readFile } from 'node:fs/promises';
import { readConfig } from '../../../lambda/config.ts';
import { loadSubject } from '../../../scripts/lib/model/accuracy/measure.ts';
import type { Photo } from '../photos.ts';

/** The first class of each photo by the service's own code, in this process; every server has to agree with it. */
export async function expectedClasses(photos: readonly Photo[]): Promise<Record<string, number>> {
  const config = readConfig({});
  const subject = await loadSubject(config);
  const labels = JSON.parse(await readFile(`${config.modelDir}/labels.json`, 'utf8')) as { wnid: string }[];
  const classes: Record<string, number> = {};
  for (const { name, path } of photos) {
    const [wnid] = await subject.classify(await readFile(path));
    classes[name] = labels.findIndex((label) => label.wnid === wnid);
  }
  return classes;
}
