import { UsageError } from '../command/usage-error.ts';

/** What to deploy. */
export type Source =
  /** The image of the working tree, which the CDK CLI builds. */
  | { readonly kind: 'build' }
  /** The image that main.yml published for a commit. */
  | { readonly kind: 'commit'; readonly commit: string }
  /** An image by its digest, which must be of a commit. */
  | { readonly kind: 'image'; readonly image: string; readonly commit: string };

export interface Given {
  readonly commit: string | undefined;
  readonly image: string | undefined;
  /** Whose signature counts, like the next. */
  readonly key: string | undefined;
  readonly signer: string | undefined;
}

export interface Surroundings {
  /** The commit of the working tree. */
  readonly head: () => Promise<string>;
  /** Whether the stage may get only what main.yml has published. */
  readonly mustBePublished: boolean;
}

/** What the options ask for. @throws UsageError for options that do not fit together */
export async function sourceOf(
  { commit, image, key, signer }: Given,
  { head, mustBePublished }: Surroundings,
): Promise<Source> {
  if (mustBePublished && commit === undefined) {
    throw new UsageError(
      '--commit: expected a commit, because a workflow deploys only what main.yml has published, got nothing',
    );
  }
  if (image !== undefined) return { kind: 'image', image, commit: commit ?? (await head()) };
  if (commit !== undefined) return { kind: 'commit', commit };
  if (key === undefined && signer === undefined) return { kind: 'build' };
  throw new UsageError(`--${key ? 'key' : 'signer'}: expected --commit or --image with it, got neither`);
}
