import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeRequest, topClasses } from '../load/protocol.ts';
import type { Subject } from './subject.ts';

/** A JPEG, and the index of its top-1 class. */
export interface KnownPhoto {
  readonly image: Uint8Array;
  readonly expectedTop: number;
}

/**
 * How often a server that is starting is asked. A refused connection takes about 0.1 ms of the machine, so
 * that the question costs nearly nothing of the start. Most servers accept the connection before they are
 * ready, and then the answer comes at once.
 */
const PAUSE_MS = 20;
/** For a server that accepts the connection before it is ready. */
const ANSWER_TIMEOUT_MS = 120_000;

/**
 * Waits for the first right prediction of a server on this machine. Sends no request before the server
 * accepts connections.
 *
 * @param giveUp is called between two attempts, and throws to end the wait.
 * @throws Error if the prediction is another.
 */
export async function firstPrediction(
  port: number,
  protocol: Subject['protocol'],
  known: KnownPhoto,
  giveUp: () => Promise<void>,
): Promise<void> {
  while (!(await predicts(port, protocol, known))) {
    await giveUp();
    await sleep(PAUSE_MS);
  }
}

async function predicts(
  port: number,
  protocol: Subject['protocol'],
  { image, expectedTop }: KnownPhoto,
): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  socket.setTimeout(ANSWER_TIMEOUT_MS, () => {
    socket.destroy(new Error(`port ${port}: expected an answer within ${ANSWER_TIMEOUT_MS / 1000} s`));
  });
  try {
    await once(socket, 'connect');
    const answer = await send(socket, encodeRequest(protocol, [image]));
    if (answer.status !== 200) return false;
    const [top] = topClasses(protocol, answer.body);
    if (top !== expectedTop)
      throw new RangeError(`port ${port}: expected top-1 class ${expectedTop}, got ${top}`);
    return true;
  } catch (error) {
    // A system error: the server does not accept connections yet, or closed this one.
    if ((error as NodeJS.ErrnoException).code !== undefined) return false;
    throw error;
  } finally {
    socket.destroy();
  }
}

function send(
  socket: Socket,
  { path, contentType, body }: ReturnType<typeof encodeRequest>,
): Promise<{ readonly status: number | undefined; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': contentType, 'content-length': body.byteLength };
    const sent = request({ method: 'POST', path, headers, createConnection: () => socket });
    sent.on('error', reject);
    sent.on('response', async (response) => {
      try {
        resolve({ status: response.statusCode, body: await text(response) });
      } catch (error) {
        reject(error);
      }
    });
    sent.end(body);
  });
}
