import { describeChanges } from './api-changes.ts';
import type { ChangesSinceRelease } from './check.ts';
import type { ReleasedImage } from './images.ts';

export interface Release {
  readonly tag: string;
  readonly commit: string;
  /** Of CHANGELOG.md, in Markdown. */
  readonly changes: string;
  /** docs/benchmarks.md. */
  readonly benchmarks: string;
  readonly api: ChangesSinceRelease;
  readonly images: readonly ReleasedImage[];
  /** Such as `https://github.com/OWNER/NAME`. */
  readonly repository: string;
}

/** The text of a release, in Markdown. */
export function releaseNotes({ tag, commit, changes, benchmarks, api, images, repository }: Release): string {
  const file = (path: string) => `${repository}/blob/${tag}/${path}`;
  return `${absoluteLinks(changes, file)}

## Speed

Each figure is divided by the figure of the bundle, which the image runs. Lower is better, except for throughput.
[All measurements](${file('docs/benchmarks.md')}) say on which machine and when.

${tableAfter(benchmarks, '## Against other servers', 'docs/benchmarks.md')}

## The API

${apiText(api)}

## The image

${imageText(images, { commit, repository })}

[Delivery](${file('docs/delivery.md')}) says what the signature, the provenance and the SBOMs prove.
`;
}

function apiText({ before, changes }: ChangesSinceRelease): string {
  if (!before)
    return 'The first stable release: there is nothing to compare with. `openapi.json` describes the API.';
  const list = describeChanges(changes) || 'No changes.';
  return `Since ${before.text}, by \`openapi.json\`:\n\n${list}`;
}

function imageText(
  images: readonly ReleasedImage[],
  { commit, repository }: { readonly commit: string; readonly repository: string },
): string {
  const from = `${repository}/commit/${commit}`;
  const name = repository.split('/').slice(-2).join('/');
  if (images.length === 0) {
    return `No image of [this commit](${from}) was published. \`npm run image\` builds it.`;
  }
  const rows = images.map(({ architecture, digest }) => `| ${architecture} | \`${digest}\` |`).join('\n');
  return `Built from [this commit](${from}), once for each architecture. Deployments use these digests.

| Architecture | Digest |
|---|---|
${rows}

The files of an image begin with its architecture: its contents as SPDX and CycloneDX, and what was signed.

To check an image, with \`IMAGE\` set to its repository in ECR, \`@\` and its digest:

\`\`\`sh
cosign verify "$IMAGE" \\
  --certificate-identity ${repository}/.github/workflows/publish-image.yml@refs/heads/main \\
  --certificate-oidc-issuer https://token.actions.githubusercontent.com \\
  --certificate-github-workflow-repository ${name} \\
  --certificate-github-workflow-ref refs/heads/main \\
  --certificate-github-workflow-sha ${commit}
npm run image:verify -- --image "$IMAGE" --commit ${commit} --signer ${name}
\`\`\``;
}

/** The first table below a heading. @throws Error if there is none. */
export function tableAfter(markdown: string, heading: string, of: string): string {
  const [, below = ''] = `\n${markdown}`.split(`\n${heading}\n`);
  const [section = ''] = below.split(/^## /m);
  const table = section.split('\n\n').find((block) => block.startsWith('|'));
  if (!table) throw new Error(`${of}: expected a table below ${heading}, got none`);
  return table.trim();
}

/** GitHub resolves the relative links of a file, and not those of a release. */
const absoluteLinks = (markdown: string, file: (path: string) => string): string =>
  markdown.replace(/\]\((?![a-z]+:|#|\/)([^)\s]+)\)/g, (_, path: string) => `](${file(path)})`);
