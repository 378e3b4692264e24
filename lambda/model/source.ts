import { basename } from 'node:path';
import { readManifest } from './bundle.ts';
import { type Classifier, loadClassifier } from './classifier.ts';
import type { ModelIdentity } from './manifest.ts';
import type { SessionSettings } from './session.ts';

/** A model bundle on disk, which is read and loaded when it is needed. */
export interface ModelSource {
  /** The name of its folder, for a model whose manifest cannot be read. */
  readonly folder: string;
  /** Reads the manifest, and checks nothing else. @throws BundleError */
  identify(): Promise<ModelIdentity>;
  /** @throws BundleError for a bundle that the service must not use. */
  load(): Promise<Classifier>;
}

/** @param directory the folder that holds `manifest.json`. */
export const modelSource = (directory: string, settings: SessionSettings): ModelSource => ({
  folder: basename(directory),
  identify: () => readManifest(directory),
  load: () => loadClassifier(directory, settings),
});
