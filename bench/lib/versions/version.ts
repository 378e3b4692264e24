import type { BareCommand } from '../subjects/bare-runner.ts';
import { imageEnvironment } from '../subjects/image-environment.ts';
import type { Subject } from '../subjects/subject.ts';
import { bundle } from '../subjects/subjects.ts';

/** A state of this service's code. */
export interface Version {
  readonly id: 'old' | 'new';
  /** Its folder, which ends in a slash and has a built bundle. */
  readonly repository: string;
}

/** Its bundle, with the settings of the image that it makes. */
export const subjectOf = (
  { id, repository }: Version,
  settings: Readonly<Record<string, string>> = {},
): Subject => ({ id, title: `The ${id} code`, protocol: 'form', launch: bundle(repository, settings) });

/** Its own program for bare runs of its own model. */
export const bareRunOf = ({ repository }: Version, threads: number): BareCommand => ({
  command: process.execPath,
  args: [`${repository}bench/programs/bare-run.ts`, `${repository}models/resnet50`, String(threads)],
  environment: imageEnvironment(repository),
});
