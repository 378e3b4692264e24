import { type Finding, fail, ok } from '../../findings/finding.ts';
import { type Architecture, PLATFORMS } from '../architecture.ts';
import { MODELS, REVISION } from '../labels.ts';
import type { ImageReference } from '../reference.ts';
import type { Login } from '../registry/login.ts';
import { readConfig } from '../registry/read.ts';
import { reasonOf } from '../tools.ts';

export interface ExpectedConfig {
  readonly commit: string;
  readonly architecture?: Architecture | undefined;
  /** Folders in models/ that the image has to have. It may have others. */
  readonly models?: readonly string[] | undefined;
}

/** Whether the image runs where it has to, and has what it has to. */
export async function checkConfig(
  { image }: ImageReference,
  { commit, architecture, models = [] }: ExpectedConfig,
  login: Login,
): Promise<Finding> {
  const refuse = (what: string) =>
    fail(`${image}: ${what}`, 'Use the image of this commit and architecture.');
  let config: Awaited<ReturnType<typeof readConfig>>;
  try {
    config = await readConfig(image, login);
  } catch (error) {
    return refuse(reasonOf(error));
  }
  const platform = architecture && PLATFORMS[architecture];
  if (platform !== undefined && config.architecture !== platform) {
    return refuse(`expected architecture ${platform}, got ${config.architecture}`);
  }
  const revision = config.labels[REVISION];
  if (revision !== commit) return refuse(`expected label ${REVISION} ${commit}, got ${revision ?? 'none'}`);
  const held = (config.labels[MODELS] ?? '').split(',').filter(Boolean);
  const missing = models.filter((model) => !held.includes(model));
  if (missing.length > 0) {
    return refuse(`expected the models ${missing.join(', ')}, got ${held.join(', ') || 'none'}`);
  }
  return ok(`${config.architecture}, models ${held.join(', ') || 'not stated'}`);
}
