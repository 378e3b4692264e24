import type { RequestRecord } from '../observability.ts';

/** What Hono carries through one request. */
export interface AppEnv {
  Bindings: {
    /** Present on Lambda only. */
    readonly gatewayRequestId?: string;
    readonly functionRequestId?: string;
  };
  Variables: {
    /** Filled in by the middleware and the routes; written to the log and the metrics when the response is made. */
    readonly record: RequestRecord;
  };
}
