// Serves a service under a path, as a reverse proxy or a stage of API Gateway does. Prints its URL.
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

const [service = '', path = ''] = process.argv.slice(2);

const server = createServer((incoming, outgoing) => {
  const { url = '', method = 'GET', headers } = incoming;
  if (!url.startsWith(`${path}/`)) {
    outgoing.writeHead(404).end();
    return;
  }
  const forwarded = request(service + url.slice(path.length), { method, headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(outgoing);
  });
  forwarded.on('error', () => outgoing.destroy());
  incoming.pipe(forwarded);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://localhost:${(server.address() as AddressInfo).port}${path}\n`);
});
