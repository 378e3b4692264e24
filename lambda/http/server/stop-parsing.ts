import type { Socket } from 'node:net';

/**
 * Node's HTTP parser, which `net.Socket` does not declare: its callbacks by number, of which this one gets the pieces of a
 * body (`kOnBody` in node_http_parser.cc).
 */
const ON_BODY = 3;
interface Parsing {
  readonly parser?: { [ON_BODY]?: unknown } | null;
}

/**
 * Drops a connection, and lets the parser go over the rest of what it has read without a call for each piece. It cannot be
 * stopped, and 64 KB of chunks of one byte take 13 ms with these calls and 1 ms without. The parser is no public interface:
 * where it is not what it is here, only the milliseconds come back (`test/hostile/tiny-chunks.test.ts` tells).
 */
export function stopParsing(socket: Socket): void {
  const { parser } = socket as Parsing;
  const onBody = parser?.[ON_BODY];
  if (parser && typeof onBody === 'function') {
    parser[ON_BODY] = null;
    // Node.js uses parsers again, but not before the connection has closed, which comes later in the turn of the loop.
    setImmediate(() => {
      parser[ON_BODY] = onBody;
    });
  }
  socket.destroy();
}
