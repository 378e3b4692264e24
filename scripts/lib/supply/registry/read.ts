import { z } from 'zod';
import { runTool } from '../tools.ts';
import type { Login } from './login.ts';

const manifestSchema = z.object({
  mediaType: z.string().optional(),
  manifests: z.array(z.unknown()).optional(),
});

const configSchema = z.object({
  architecture: z.string(),
  os: z.string(),
  config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).default({}),
});

/** What an image says of itself. The registry cannot change it without changing the digest, which crane checks. */
export interface ImageConfig {
  /** As OCI names it, such as `amd64`. */
  readonly architecture: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** @throws Error for an index of several images, which Lambda does not run. */
export async function readConfig(image: string, { env }: Login): Promise<ImageConfig> {
  const { manifests } = manifestSchema.parse(JSON.parse(await runTool('crane', ['manifest', image], env)));
  if (manifests) {
    throw new Error(`expected an image for one platform, got an index of ${manifests.length}`);
  }
  const { architecture, config } = configSchema.parse(
    JSON.parse(await runTool('crane', ['config', image], env)),
  );
  return { architecture, labels: config.Labels ?? {} };
}

/** @returns the digest that a tag names; undefined if there is no such tag. */
export async function digestOf(repository: string, tag: string, { env }: Login): Promise<string | undefined> {
  try {
    return await runTool('crane', ['digest', `${repository}:${tag}`], env);
  } catch (error) {
    // The last line that crane wrote. Those before it are about a first, shorter question, which may fail in other ways.
    const [line = ''] = error instanceof Error ? error.message.split('\n') : [];
    if (/MANIFEST_UNKNOWN|NAME_UNKNOWN|404 Not Found/.test(line)) return undefined;
    throw error;
  }
}
