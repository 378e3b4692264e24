import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';

/** How many requests of one connection may wait. */
const MAX_WAITING = 16;

/**
 * Passes on the requests of a connection one at a time, each after the answer to the one before has been
 * sent. A client may send thousands of requests in one packet without reading an answer (pipelining). Node.js
 * would start them all in one turn of the event loop, and keep all the answers. A connection with too many
 * waiting requests is closed.
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
    // The parser continues with what it has read, even after the connection is gone.
    if (socket.destroyed) return;
    const queue = waiting.get(socket);
    if (!queue) {
      waiting.set(socket, []);
      start();
    } else if (queue.length < MAX_WAITING) queue.push(start);
    else socket.destroy();
  };
}
