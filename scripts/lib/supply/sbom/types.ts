/** The type of an attestation with an SPDX document of version 2.3, as GitHub's `actions/attest` writes it. */
export const SPDX_TYPE = 'https://spdx.dev/Document/v2.3';
