import { createPipelineApp } from '../lib/pipeline/app.ts';
import { synthesize } from '../lib/synthesize.ts';

synthesize(createPipelineApp);
