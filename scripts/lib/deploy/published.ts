import type { ImageSettings } from '../../../lib/pipeline/settings.ts';
import type { Stage } from '../../../lib/stages.ts';
import { assumeRole } from '../aws/assume-role.ts';
import type { NamedFinding } from '../findings/finding.ts';
import { commitTag } from '../supply/architecture.ts';
import { copyImage } from '../supply/copy.ts';
import { findPublished } from '../supply/find.ts';
import { parseImage } from '../supply/reference.ts';
import type { Trust } from '../supply/trust.ts';
import { verifyImage } from '../supply/verify.ts';
import type { PublishedImage } from './deployment.ts';
import { copyTarget, type Place, publishedRepository } from './place.ts';
import type { Source } from './request.ts';
import { checkWorkingTree } from './working-tree.ts';

export interface PublishedOptions {
  readonly stage: Stage;
  readonly source: Exclude<Source, { kind: 'build' }>;
  readonly trust: Trust;
  /** Of the pipeline. Undefined without one. */
  readonly images: ImageSettings | undefined;
  readonly place: () => Promise<Place>;
  /** Whether the templates must be those of the image's commit. */
  readonly isStrict: boolean;
}

/** The image that main.yml has published, from the registry to where the stage takes it. */
export function publishedImage(options: PublishedOptions): PublishedImage {
  const { stage, source, trust, images, place, isStrict } = options;
  const { architecture, models } = stage.settings;
  const { commit } = source;
  return {
    async find() {
      if (source.kind === 'image') return parseImage(source.image).image;
      const repository = publishedRepository(await place(), images);
      return (await findPublished({ repository, commit, architecture })).image;
    },
    async verify(image): Promise<readonly NamedFinding[]> {
      const [templates, ...findings] = await Promise.all([
        checkWorkingTree(commit, isStrict),
        verifyImage({ image, commit, architecture, models, trust }),
      ]);
      return [templates, ...findings.flat()];
    },
    async provide(image) {
      const target = copyTarget(stage.name, images, await place());
      if (target === undefined || parseImage(image).repository === target.repository) return image;
      return copyImage({
        from: image,
        to: target.repository,
        tag: commitTag(commit, architecture),
        credentials: { to: await assumeRole(target.role, `copy-image-${stage.name}`) },
      });
    },
  };
}
