import type { Socket } from 'node:net';

/**
 * Node's HTTP parser, which `net.Socket` does not declare. Its callbacks have numbers; this one receives the
 * pieces of a body (`kOnBody` in node_http_parser.cc).
 */
const ON_BODY = 3;
interface Parsing {
  readonly parser?: { [ON_BODY]?: unknown } | null;
}

/**
 * Drops a connection, and lets the parser finish what it has read without a call for each piece. The parser
 * cannot be stopped, and 64 KB of chunks of one byte take 13 ms with these calls but 1 ms without. This is
 * not a public interface of Node. If it changes, only the time is lost again, which
 * `test/hostile/tiny-chunks.test.ts` shows.
 */
export function stopParsing(socket: Socket): void {
  const { parser } = socket as Parsing;
  const onBody = parser?.[ON_BODY];
  if (parser && typeof onBody === 'function') {
    parser[ON_BODY] = null;
    // Node.js reuses parsers, but only when the connection has closed, later in this turn of the loop.
    setImmediate(() => {
      parser[ON_BODY] = onBody;
    });
  }
  socket.destroy();
}
