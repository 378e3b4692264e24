import { expect, test } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import packageLock from '../../package-lock.json' with { type: 'json' };

/**
 * npm 12, and npm 11 in its later versions, run the install scripts that `allowScripts` in package.json
 * allows. npm 10 runs those that the lock file marks. `npm install` marks every package with a script that it
 * adds or updates: delete the mark of a package that must not run its script. onnxruntime-node's would
 * download CUDA libraries, which this CPU service never loads.
 */
test('the lock file marks the install scripts that package.json allows, and no others', () => {
  const marked = Object.entries(packageLock.packages)
    .filter(([, locked]) => 'hasInstallScript' in locked)
    .map(([folder]) => folder.replace(/^.*node_modules\//, ''));
  const allowed = Object.entries(packageJson.allowScripts).filter(([, isAllowed]) => isAllowed);
  expect(marked).toEqual(allowed.map(([name]) => name));
});
