import { readEcrHost } from '../../../lib/image-reference.ts';
import { temporaryFolder } from '../system/temporary-folder.ts';
import { hostOf, isLoopback, parseImage } from './reference.ts';
import type { AwsCredentials } from './registry/ecr.ts';
import { logIn } from './registry/login.ts';
import { digestOf } from './registry/read.ts';
import { LONG_MS, runTool } from './tools.ts';

export interface Copy {
  /** `HOST/REPOSITORY@sha256:HEX` */
  readonly from: string;
  /** `HOST/REPOSITORY` */
  readonly to: string;
  /** Of the copy. It never moves. */
  readonly tag: string;
  /** For pulling and for pushing. @default those that the AWS SDK finds */
  readonly credentials?: { readonly from?: AwsCredentials; readonly to?: AwsCredentials };
}

/**
 * Copies an image with its signatures and attestations, so that whoever may read the copy can verify it. The digest stays the
 * same. The tag comes last: an interrupted copy has none.
 *
 * @returns the copy, by its digest.
 * @throws Error if the tag names another image.
 */
export async function copyImage({ from, to, tag, credentials = {} }: Copy): Promise<string> {
  const source = parseImage(from);
  const host = hostOf(to);
  const copy = `${to}@${source.digest}`;
  using target = await logIn(host, credentials.to);
  const tagged = await digestOf(to, tag, target);
  if (tagged !== undefined && tagged !== source.digest) {
    throw new Error(
      `${to}:${tag}: expected ${source.digest}, got ${tagged}: a tag never moves; see docs/troubleshooting.md#a-tag-never-moves`,
    );
  }
  if (tagged !== undefined) return copy;
  // In two steps, because both repositories may be in one registry, which the one login may only read and the other only
  // write. oras would try to link layers from one to the other with the wrong login.
  using folder = await temporaryFolder('image-');
  using reader = await logIn(source.host, credentials.from);
  const layout = `${folder.path}@${source.digest}`;
  await oras(['--to-oci-layout', ...access('from', source.host), from, layout], reader.env);
  await oras(['--from-oci-layout', ...access('to', host), layout, copy], target.env);
  await runTool('crane', ['tag', copy, tag], target.env);
  return copy;
}

const oras = (args: readonly string[], env: Readonly<Record<string, string>>) =>
  runTool('oras', ['copy', '--recursive', '--no-tty', ...args], env, LONG_MS);

/** Options for one side of a copy. */
function access(side: 'from' | 'to', host: string): readonly string[] {
  if (isLoopback(host)) return [`--${side}-plain-http`];
  // Elsewhere, oras asks first, and lists referrers under a tag if it doubts the answer. Tags are immutable here.
  return readEcrHost(host) === undefined ? [] : [`--${side}-distribution-spec`, 'v1.1-referrers-api'];
}
