import { PIPELINE_STAGES } from '../../lib/pipeline/names.ts';
import { loadStage } from '../lib/stages/load.ts';

/**
 * Prints the folders in models/ that the stages of the pipeline use, with commas between them: what one image for all of
 * them needs. A program of its own, for scripts/image/build.sh.
 */
const stages = await Promise.all(PIPELINE_STAGES.map(loadStage));
console.log([...new Set(stages.flatMap(({ settings }) => settings.models))].join());
