import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { run } from '../lib/system/run.ts';
import { REGION } from './account.ts';
import { EMULATOR_DIRECTORY } from './paths.ts';

const CERTIFICATE = join(EMULATOR_DIRECTORY, 'hosts.pem');
const KEY = join(EMULATOR_DIRECTORY, 'hosts.key');
/** AWS's names of its registries and of deployed REST APIs. */
const REGISTRY = `dkr.ecr.${REGION}.amazonaws.com`;
const GATEWAY = `execute-api.${REGION}.amazonaws.com`;

/** A proxy that takes clients of AWS's own host names to the emulator. */
export interface Hosts extends AsyncDisposable {
  /** What a command needs in its environment to use it: programs written in Go or for Node.js do. */
  readonly environment: NodeJS.ProcessEnv;
}

/** What a host answers instead of the emulator. */
export interface Fault {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Serves the host names of registries and REST APIs over HTTPS. On AWS they exist; here a proxy answers for them, so that
 * a command for AWS runs unchanged. Every other host is refused. Needs {@link createHostsCertificate}.
 *
 * @param address `127.0.0.1:PORT` of the emulator
 * @param faultOf decides for each request. @default there are no faults
 */
export async function serveHosts(
  address: string,
  faultOf: (request: IncomingMessage) => Fault | undefined = () => undefined,
): Promise<Hosts> {
  const tls = { key: await readFile(KEY), cert: await readFile(CERTIFICATE) };
  const secure = createSecureServer(tls, (incoming, answer) => {
    const fault = faultOf(incoming);
    if (fault === undefined) return forward(address, incoming, answer);
    incoming.resume();
    return answer
      .writeHead(fault.status, { 'content-type': 'application/json' })
      .end(JSON.stringify(fault.body));
  });
  const proxy = createServer((_incoming, answer) => answer.writeHead(403).end());
  const sockets = new Set<Socket>();
  proxy.on('connection', (socket) => sockets.add(socket.on('close', () => sockets.delete(socket))));
  proxy.on('connect', ({ url = '' }: IncomingMessage, socket: Socket) => {
    socket.on('error', () => socket.destroy());
    const [host = '', port] = url.split(':');
    if (port !== '443' || !(host.endsWith(`.${REGISTRY}`) || host.endsWith(`.${GATEWAY}`))) {
      return socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    }
    socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
    return secure.emit('connection', socket);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    environment: {
      HTTPS_PROXY: `http://127.0.0.1:${port}`,
      NO_PROXY: '127.0.0.1',
      SSL_CERT_FILE: CERTIFICATE,
      NODE_USE_ENV_PROXY: '1',
      NODE_EXTRA_CA_CERTS: CERTIFICATE,
    },
    async [Symbol.asyncDispose]() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The emulator serves REST APIs under a path, and registries under every host name. */
function forward(address: string, incoming: IncomingMessage, answer: ServerResponse): void {
  const { method, url = '/', headers } = incoming;
  const { host = '' } = headers;
  const isApi = host.endsWith(`.${GATEWAY}`);
  const path = isApi ? `/_aws/execute-api/${host.split('.')[0]}${url}` : url;
  const target = request(`http://${address}`, {
    method,
    path,
    headers: isApi ? { ...headers, host: address } : headers,
  });
  target.on('response', (from) => {
    answer.writeHead(from.statusCode ?? 502, from.headers);
    from.pipe(answer);
  });
  target.on('error', () => answer.destroy());
  incoming.pipe(target);
}

/** Makes a certificate of AWS's host names that signs itself. */
export async function createHostsCertificate(): Promise<void> {
  await rm(KEY, { force: true });
  const names = [REGISTRY, GATEWAY].map((name) => `DNS:*.${name}`).join();
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', KEY];
  const subject = ['-subj', '/CN=Emulator', '-addext', `subjectAltName=${names}`, '-days', '2'];
  await run('openssl', ['req', '-x509', ...key, ...subject, '-out', CERTIFICATE]);
}
