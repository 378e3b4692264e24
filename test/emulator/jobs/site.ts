import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { addSiteAddress, SITE_ADDRESS, SITE_CERTIFICATE, SITE_KEY } from '../../../scripts/emulator/site.ts';

export interface Visit {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  /** The address of the client. */
  readonly from: string;
}

interface Answer {
  readonly status: number;
  readonly body?: Uint8Array;
}

/** A web site that the functions take for one on the internet. */
export interface Site extends AsyncDisposable {
  readonly urlOf: (path: string) => string;
  readonly visits: readonly Visit[];
}

/** @param answer what the site sends, after it has been awaited. Undefined closes the connection. */
export async function openSite(answer: (visit: Visit) => Promise<Answer | undefined>): Promise<Site> {
  const address = await addSiteAddress();
  const visits: Visit[] = [];
  const server = createServer(
    { key: await readFile(SITE_KEY), cert: await readFile(SITE_CERTIFICATE) },
    async (request, response) => {
      const { url: path = '', headers, socket } = request;
      const visit = {
        path,
        headers,
        body: (await buffer(request)).toString(),
        from: socket.remoteAddress ?? '',
      };
      visits.push(visit);
      const sent = await answer(visit);
      if (!sent) return socket.destroy();
      return response.writeHead(sent.status).end(sent.body);
    },
  );
  await new Promise<void>((resolve, reject) => {
    const explain = (cause: Error) =>
      reject(
        new Error(
          `expected to listen on ${SITE_ADDRESS}:443; see docs/troubleshooting.md#ports-of-the-emulator`,
          {
            cause,
          },
        ),
      );
    server.once('error', explain).listen(443, SITE_ADDRESS, resolve);
  });
  return {
    urlOf: (path) => `https://${SITE_ADDRESS}${path}`,
    visits,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await address[Symbol.asyncDispose]();
    },
  };
}
