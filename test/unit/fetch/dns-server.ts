import { createSocket } from 'node:dgram';
import { onTestFinished } from 'vitest';

export interface DnsServer {
  /** Address and port, in the form that `dns.setServers` takes. */
  readonly address: string;
  readonly questions: () => number;
}

const TYPE_A = 1;
const TYPE_AAAA = 28;
const HEADER_BYTES = 12;

/**
 * Starts a name server on loopback (RFC 1035) that returns the same addresses for every name, or never
 * answers.
 *
 * @param addresses IPv4; undefined for a server that never answers.
 */
export async function serveDns(addresses: readonly string[] | undefined): Promise<DnsServer> {
  const socket = createSocket('udp4');
  let questions = 0;
  socket.on('message', (query, { port, address }) => {
    questions += 1;
    if (addresses) socket.send(answer(query, addresses), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    socket.close();
  });
  return { address: `127.0.0.1:${socket.address().port}`, questions: () => questions };
}

function answer(query: Buffer, addresses: readonly string[]): Buffer {
  let at = HEADER_BYTES;
  while (query[at] !== 0) at += 1 + (query[at] ?? 0);
  const type = query.readUInt16BE(at + 1);
  const records = type === TYPE_A ? addresses.map(record) : [];
  const header = Buffer.from(query.subarray(0, HEADER_BYTES));
  // A response with recursion available; NXDOMAIN if there are no addresses.
  header.writeUInt16BE(addresses.length > 0 || type === TYPE_AAAA ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, at + 5), ...records]);
}

/** An A record for the name in the question. */
function record(address: string): Buffer {
  const bytes = Buffer.from([0xc0, HEADER_BYTES, 0, TYPE_A, 0, 1, 0, 0, 0, 1, 0, 4]);
  return Buffer.concat([bytes, Buffer.from(address.split('.').map(Number))]);
}
