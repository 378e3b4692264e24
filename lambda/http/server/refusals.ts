import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ServiceError } from '../../errors.ts';

/** Records a refusal. @returns the whole answer */
export type Refuse = (error: ServiceError, socket: Socket) => string;

/** Knows which requests have an answer. */
export interface Refusals {
  /** Says that there is an answer, which is sent now or once the rest of the body is read. */
  hasAnswer(outgoing: ServerResponse): void;
}

/**
 * Answers the requests that Node's HTTP parser refuses with problems, in the same form as all others.
 *
 * A request may be answered before its body has arrived, and many clients then stop in the middle of it. What the
 * parser makes of the rest is no further request, so it gets no answer and is not recorded.
 */
export function answerRefusals(server: Server, refuse: Refuse): Refusals {
  /** The last request of each connection. */
  const responses = new WeakMap<Socket, ServerResponse>();
  const answered = new WeakSet<ServerResponse>();
  /** Those whose answers were sent before the bodies had arrived. */
  const abandoned = new WeakSet<ServerResponse>();

  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    responses.set(incoming.socket, outgoing);
    outgoing.once('finish', () => {
      if (!incoming.complete) abandoned.add(outgoing);
    });
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = responses.get(socket);
    const isAnswering = response?.headersSent && !response.writableFinished;
    if (!socket.writable || error.code === 'ECONNRESET' || isAnswering) socket.destroy(error);
    else if (response && abandoned.has(response)) socket.destroy(error);
    // The answer follows, and closes the connection.
    else if (response && answered.has(response) && !response.req.complete) response.shouldKeepAlive = false;
    else socket.end(refuse(refusalOf(error), socket));
  });
  server.on('checkExpectation', ({ socket }: IncomingMessage) => {
    const error = new ServiceError('expectation_failed', 'The only supported Expect header is 100-continue.');
    socket.end(refuse(error, socket));
  });
  return { hasAnswer: (outgoing) => answered.add(outgoing) };
}

/** Node's error codes: nodejs.org/api/errors.html, and HPE_… of its HTTP parser. */
function refusalOf(cause: NodeJS.ErrnoException): ServiceError {
  switch (cause.code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ServiceError('request_timeout', 'The request did not arrive in time.', { cause });
    case 'HPE_HEADER_OVERFLOW':
      return new ServiceError('headers_too_large', 'Expected headers of at most 16384 bytes, got more.', {
        cause,
      });
    default:
      return new ServiceError('invalid_request', 'The request is not valid HTTP/1.1.', { cause });
  }
}
