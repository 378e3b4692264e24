import { composeService } from './compose.ts';
import type { CloudJobSettings } from './config/jobs.ts';
import { readConfig } from './config.ts';
import { gatewayHandler } from './http/gateway.ts';
import type { JobEngine } from './jobs/engine.ts';

// The init phase loads the models, so that no request waits for them.
const config = readConfig();
const { app, capture, models, loadImageDecoder, loadOtherModels, observability } = composeService(config, {
  createJobs: config.jobs?.kind === 'cloud' ? openJobsOnce(config.jobs) : undefined,
});

try {
  await models.default.load();
  await models.requireDistinct();
} catch (error) {
  const { message: reason } = error as Error;
  observability.recordLifecycle({ kind: 'load_failed', part: 'model', reason });
  throw error;
}
await loadOtherModels();
// Otherwise a request waits for the init phase, and most requests need no libvips.
if (config.lambda?.initialisedAhead) await loadImageDecoder();

/** Most requests need no jobs, and none of those waits for the AWS SDK. */
function openJobsOnce(settings: CloudJobSettings): () => () => Promise<JobEngine> {
  let opened: Promise<JobEngine> | undefined;
  const open = async () => (await import('./jobs/cloud/open.ts')).openCloudEngine(settings);
  return () => () => (opened ??= open());
}

/** The Lambda entry: takes proxy events of API Gateway and returns proxy results. */
export const handler = gatewayHandler(app, capture?.finish);
