import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/**
 * A port that nothing listens on, for a program that cannot choose one itself.
 *
 * @param host the address to listen on. @default all
 * @throws Error if this machine does not have that address.
 */
export async function freePort(host?: string): Promise<number> {
  const server = createServer().listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
