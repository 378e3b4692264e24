import type { RequestRecord } from '../telemetry/requests.ts';
import type { BodyReader } from './body/source.ts';
import type { GatewayCaller } from './gateway-caller.ts';

/** What Hono keeps for one request. */
export interface AppEnv {
  Bindings: {
    /** Present on Lambda only. */
    readonly gatewayRequestId?: string;
    readonly functionRequestId?: string;
    readonly caller?: GatewayCaller;
    /** Milliseconds left for the answer. @default the setting of the HTTP server */
    readonly remainingMs?: number;
    /** Reads the body. The Web `Request` then has none, because it would keep every piece. */
    readonly readBody?: BodyReader;
    /** Set by the HTTP server only. */
    readonly clientAddress?: string;
    /** Such as `1.1`. Set by the HTTP server only. */
    readonly httpVersion?: string;
    /** Ends the connection, even if its client reads nothing. Set by the HTTP server only. */
    readonly disconnect?: () => void;
    /**
     * Called before an answer that takes as long as its client reads. Set by the HTTP server only.
     *
     * @throws ServiceError `overloaded` if there are too many.
     */
    readonly startStream?: () => void;
    /** Whether the HTTP server is shutting down. */
    readonly isDraining?: boolean;
  };
  Variables: {
    /** Filled in by the middleware and the routes, and logged when the response is ready. */
    readonly record: RequestRecord;
    /** Aborts when the client disconnects or the deadline passes. */
    readonly signal: AbortSignal;
  };
}
