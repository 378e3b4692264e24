/** Classifies photos: the model in this process, or a running service. */
export interface PhotoClassifier {
  readonly model: { readonly name: string; readonly version: string; readonly sha256: string };
  readonly threads: number;
  /** WordNet ids of the classes. */
  readonly wnids: ReadonlySet<string>;
  /** The WordNet ids of the five most probable classes, most probable first. @throws UnusableImage */
  classify(image: Uint8Array): Promise<readonly string[]>;
}

/** Classes that count for top-5. */
export const TOP = 5;

/** Classes without a WordNet id are left out: no photo is of such a class. */
export const wnidsOf = (classes: readonly { readonly wnid?: string | undefined }[]): readonly string[] =>
  classes.flatMap(({ wnid }) => (wnid === undefined ? [] : [wnid]));

/** An image that cannot be classified because of what the image is. */
export class UnusableImage extends Error {
  override readonly name = 'UnusableImage';
}
