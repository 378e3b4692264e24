import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** Requests of one connection that may wait for their turn. */
const MAX_WAITING = 16;

/**
 * Hands over the requests of a connection one at a time, each when the answer to the one before has left. A client may
 * send thousands of requests in one packet without reading an answer (pipelining). Node.js would start them all in one
 * turn of the event loop, and would keep all the answers. A connection with too many requests is closed.
 */
export function inTurns(listener: RequestListener): RequestListener {
  const waiting = new WeakMap<Socket, (() => void)[]>();

  return (incoming, outgoing) => {
    const { socket } = incoming;
    const start = () => {
      outgoing.once('close', () => setImmediate(next));
      listener(incoming, outgoing);
    };
    const next = () => {
      const startNext = socket.destroyed ? undefined : waiting.get(socket)?.shift();
      if (startNext) startNext();
      else waiting.delete(socket);
    };
    // The parser goes on with what it has read, even though nobody is there any more.
    if (socket.destroyed) return;
    const queue = waiting.get(socket);
    if (!queue) {
      waiting.set(socket, []);
      start();
    } else if (queue.length < MAX_WAITING) queue.push(start);
    else socket.destroy();
  };
}
