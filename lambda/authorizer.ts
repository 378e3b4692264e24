import { createAuthorizer } from './authorization/authorizer.ts';
import { issuerKeys } from './authorization/issuer.ts';
import { readAuthorizerSettings } from './authorization/settings.ts';
import { createLogger } from './telemetry/powertools.ts';

const settings = readAuthorizerSettings();

/** API Gateway calls it for a bearer token that it has not seen in the last minute. */
export const handler = createAuthorizer({
  settings,
  keys: issuerKeys(settings),
  logger: createLogger(settings),
});
