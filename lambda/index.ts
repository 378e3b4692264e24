import { composeService } from './compose.ts';
import { readConfig } from './config.ts';
import { gatewayHandler } from './http/gateway.ts';

// The init phase loads the model, so that no request waits for it.
const { app, capture, classifier, observability } = composeService(readConfig());

await classifier.catch((error: Error) => {
  observability.recordLifecycle({ kind: 'load_failed', reason: error.message });
  throw error;
});

/** The Lambda entry: takes proxy events of API Gateway and returns proxy results. */
export const handler = gatewayHandler(app, capture?.finish);
