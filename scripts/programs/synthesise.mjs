import { join } from 'node:path';
import { createApp } from '../../lib/app.ts';

/**
 * Synthesises stages into a folder, each into a folder of its own. A program of its own, because lib/ is
 * compiled with settings other than those of scripts/; one process for all stages, because most of the time is loading
 * the CDK.
 *
 *   node scripts/programs/synthesise.mjs FOLDER OVERRIDES_AS_JSON STAGE...
 */
const [folder, overrides, ...stages] = process.argv.slice(2);
for (const stage of stages) {
  const context = { stage, stages: JSON.parse(overrides) };
  createApp({ context, outdir: join(folder, stage) }).synth();
}
