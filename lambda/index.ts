import { composeService } from './compose.ts';
import { readConfig } from './config.ts';
import { gatewayHandler } from './http/gateway.ts';

// All of this runs in the init phase, so that no request waits for the model.
const { app, classifier, observability } = composeService(readConfig());

await classifier.catch((error: Error) => {
  observability.logger.critical('The model could not be loaded', { reason: error.message });
  throw error;
});

/** The Lambda entry: proxy events of API Gateway in, proxy results out. */
export const handler = gatewayHandler(app);
