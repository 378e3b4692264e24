/** The stage setting `architecture`, and what OCI calls it. */
export const PLATFORMS = { x86_64: 'amd64', arm64: 'arm64' } as const;

export type Architecture = keyof typeof PLATFORMS;

export const ARCHITECTURES: readonly Architecture[] = ['x86_64', 'arm64'];

/** The tag of the published image of a commit. */
export const commitTag = (commit: string, architecture: Architecture): string => `${commit}-${architecture}`;
