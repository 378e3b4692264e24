import { connect } from 'node:net';

/** The pages call the service on this port, as a reader does. */
const PORT = 8080;

/** @throws Error in one line if something listens on the port of the pages. */
export async function requireFreePort(): Promise<void> {
  for (const host of ['127.0.0.1', '::1']) {
    if (await isTaken(host)) {
      throw new Error(
        `Expected port ${PORT} to be free, because the pages use it, but something listens on it. Stop it first.`,
      );
    }
  }
}

const isTaken = (host: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(PORT, host);
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
