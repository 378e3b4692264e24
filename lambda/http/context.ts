import type { RequestRecord } from '../telemetry/requests.ts';
import type { BodyReader } from './body/source.ts';

/** What Hono carries through one request. */
export interface AppEnv {
  Bindings: {
    /** Present on Lambda only. */
    readonly gatewayRequestId?: string;
    readonly functionRequestId?: string;
    /** Milliseconds that are left for the answer; the setting of the HTTP server where the entry does not know. */
    readonly remainingMs?: number;
    /** Reads the body past the Web `Request`, whose readers keep every piece; the request has no other body then. */
    readonly readBody?: BodyReader;
    /** Where the HTTP server sees the client itself. */
    readonly clientAddress?: string;
    /** Whether the HTTP server is on its way out. */
    readonly isDraining?: boolean;
  };
  Variables: {
    /** Filled in by the middleware and the routes; written to the log and the metrics when the response is made. */
    readonly record: RequestRecord;
    /** Aborts when the client has gone or the time for the answer is over. */
    readonly signal: AbortSignal;
  };
}
