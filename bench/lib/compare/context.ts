import { readFile } from 'node:fs/promises';
import type { LoadClient, LoadRequest } from '../load/client.ts';
import type { Photo } from '../photos.ts';
import { PHOTO_NAMES } from '../photos.ts';
import type { KnownPhoto } from '../subjects/running-subject.ts';
import type { Subject } from '../subjects/subject.ts';
import type { Plan } from './plan.ts';

/** What every part of the comparison needs. */
export interface Context {
  readonly plan: Plan;
  readonly client: LoadClient;
  /** The index of the expected top-1 class, by the name of the photo. */
  readonly expectedTop: Readonly<Record<string, number>>;
  readonly photos: readonly Photo[];
  readonly cores: number;
}

/** Requests with one photo each. */
export const singles = ({ photos, expectedTop }: Context, chosen: readonly Photo[] = photos): LoadRequest[] =>
  chosen.map(({ name, path }) => ({ photos: [path], expectedTop: [expectedTop[name] ?? Number.NaN] }));

export async function knownPhoto({ photos, expectedTop }: Context): Promise<KnownPhoto> {
  const [name] = PHOTO_NAMES;
  const photo = photos.find((candidate) => candidate.name === name);
  if (!photo) throw new Error(`Expected a photo of ${name}`);
  return { image: await readFile(photo.path), expectedTop: expectedTop[name] ?? Number.NaN };
}

/** Rotates the servers in each round. */
export function turns<Item>(items: readonly Item[], round: number): Item[] {
  const shift = round % items.length;
  return [...items.slice(shift), ...items.slice(0, shift)];
}

export const step = (text: string): void => console.log(`${new Date().toISOString().slice(11, 19)} ${text}`);

/** A subject as the result lists it. */
export const identity = ({ id, title }: Subject): { id: string; title: string } => ({ id, title });
