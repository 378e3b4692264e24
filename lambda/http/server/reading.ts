import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { NDJSON } from '../jobs/results-response.ts';

/** For the kernel to accept a whole answer. It accepts most of even the longest one immediately. */
const READ_ANSWER_MS = 20_000;
/** What a client reads of a long answer in that time, at the least: 3 KB/s. A phone with a bad connection reads more. */
const MIN_STREAM_BYTES = 64 * 1024;
/** After this time without data, the system asks whether the client of an endless stream is still there. */
const STREAM_PROBE_MS = 30_000;

/** Drops the connection of a client that does not read its answer, which would stay in memory. */
export function limitReading({ headers }: Response, outgoing: ServerResponse, socket: Socket): void {
  const type = headers.get('content-type');
  if (type === 'text/event-stream') {
    // It disconnects clients that do not read it. A client that has vanished would keep it: unread events fit into the
    // buffers of the system for long.
    socket.setKeepAlive(true, STREAM_PROBE_MS);
    return;
  }
  const check = type === NDJSON ? dropIfSlow(outgoing, socket) : () => outgoing.destroy();
  const timer = setInterval(check, READ_ANSWER_MS);
  outgoing.once('finish', () => clearInterval(timer)).once('close', () => clearInterval(timer));
}

/** The answer may be as long as it likes, and is made as it is read. */
function dropIfSlow(outgoing: ServerResponse, socket: Socket): () => void {
  let before = socket.bytesWritten;
  return () => {
    if (socket.bytesWritten - before < MIN_STREAM_BYTES) outgoing.destroy();
    before = socket.bytesWritten;
  };
}
