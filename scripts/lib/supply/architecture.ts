/** The stage setting `architecture`, and what OCI calls it. */
export const PLATFORMS = { x86_64: 'amd64', arm64: 'arm64' } as const;

export type Architecture = keyof typeof PLATFORMS;

export const ARCHITECTURES: readonly Architecture[] = ['x86_64', 'arm64'];

/** The tag of the published image of a commit. */
export const commitTag = (commit: string, architecture: Architecture): string => `${commit}-${architecture}`;

const COMMIT_TAG = new RegExp(`^([0-9a-f]{40})-(?:${ARCHITECTURES.join('|')})$`);

/** @returns undefined for a tag of another kind. */
export const commitOfTag = (tag: string): string | undefined => COMMIT_TAG.exec(tag)?.[1];
