/** The workflow that publishes images: only what it signs on main is trusted. */
export const PUBLISHER = '.github/workflows/publish-image.yml';
export const PUBLISHED_REF = 'refs/heads/main';
/** docs.github.com, "OpenID Connect reference". */
const ISSUER = 'https://token.actions.githubusercontent.com';

/** Whose signatures count. */
export type Trust =
  /** Whoever has the private key of this public one: a file, or what cosign takes instead, such as `awskms:///…`. */
  | {
      readonly key: string;
      /** `OWNER/NAME` on GitHub, if the provenance has to name it. */
      readonly repository?: string | undefined;
    }
  /** publish-image.yml on main of `OWNER/NAME` on GitHub. */
  | { readonly signer: string };

/** The identity in the certificate of the publisher, which is the one of the reusable workflow, not of its caller. */
export const publisherOf = (repository: string): string =>
  `https://github.com/${repository}/${PUBLISHER}@${PUBLISHED_REF}`;

export const describeTrust = (trust: Trust): string =>
  'key' in trust ? `the key ${trust.key}` : publisherOf(trust.signer);

/** Options of `cosign verify` and `cosign verify-attestation`. */
export function verifyOptions(trust: Trust, commit: string): readonly string[] {
  // A key of one's own writes to no transparency log, so that it works without a network.
  if ('key' in trust) return ['--key', trust.key, '--insecure-ignore-tlog'];
  return [
    `--certificate-identity=${publisherOf(trust.signer)}`,
    `--certificate-oidc-issuer=${ISSUER}`,
    `--certificate-github-workflow-repository=${trust.signer}`,
    `--certificate-github-workflow-ref=${PUBLISHED_REF}`,
    `--certificate-github-workflow-sha=${commit}`,
  ];
}
