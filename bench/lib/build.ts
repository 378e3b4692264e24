import { run } from '../../scripts/lib/system/run.ts';
import { buildBareRun } from './subjects/bare-runner.ts';

/** Builds what runs from a bundle: this service, and the bare model. */
export async function buildBundles(): Promise<void> {
  await run(process.execPath, ['scripts/build.ts']);
  await buildBareRun();
}
