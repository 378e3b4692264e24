import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { ServiceError } from '../../errors.ts';

/** Records a refusal. @returns the whole answer */
export type Refuse = (error: ServiceError, socket: Socket) => string;

/** Answers the requests that Node's HTTP parser refuses with problems, in the same form as all others. */
export function answerRefusals(server: Server, refuse: Refuse): void {
  const responses = new WeakMap<Socket, ServerResponse>();
  server.on('request', (incoming: IncomingMessage, outgoing: ServerResponse) => {
    responses.set(incoming.socket, outgoing);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    const response = responses.get(socket);
    const isAnswering = response?.headersSent && !response.writableFinished;
    if (!socket.writable || error.code === 'ECONNRESET' || isAnswering) socket.destroy(error);
    else socket.end(refuse(refusalOf(error), socket));
  });
  server.on('checkExpectation', ({ socket }: IncomingMessage) => {
    const error = new ServiceError('expectation_failed', 'The only supported Expect header is 100-continue.');
    socket.end(refuse(error, socket));
  });
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
