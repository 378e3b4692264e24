import { z } from 'zod';
import { bundleClasses, bundleIdentity } from '../bundles.ts';

const EXPECTED = 'expected a list of folders in models/, such as resnet50';
const folder = z.string(EXPECTED).regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, { error: EXPECTED, abort: true });

/**
 * The bundles that the function loads, the default model first.
 *
 * @param repository their folder. @default models/
 */
export const modelsSchema = (repository?: string) =>
  z.tuple([folder], folder, EXPECTED).superRefine((folders, context) => {
    const seen = new Set<string>();
    folders.forEach((one, position) => {
      const identity = bundleIdentity(one, repository);
      const key = identity && `${identity.name}@${identity.version}`;
      const message =
        key === undefined
          ? 'expected a folder in models/ with a manifest.json'
          : seen.has(key) && `expected each model once, but ${key} is in the list already`;
      if (message) context.addIssue({ code: 'custom', path: [position], message });
      if (key) seen.add(key);
    });
  });

/**
 * Finds what the default model cannot see in a photo. Otherwise only the first check of a deployment would.
 *
 * @returns the positions of the classes that the model does not have.
 */
export function unknownClasses(
  [folder]: readonly [string, ...string[]],
  classes: readonly string[],
): readonly number[] {
  const known = bundleClasses(folder);
  return classes.flatMap((one, position) => (known === undefined || known.has(one) ? [] : [position]));
}
