import { createApp } from '../lib/app.ts';
import { synthesize } from '../lib/synthesize.ts';

synthesize(createApp);
