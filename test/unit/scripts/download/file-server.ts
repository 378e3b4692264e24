import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly path: string;
  readonly range: string | undefined;
  readonly ifRange: string | undefined;
}

export interface FileServer extends AsyncDisposable {
  readonly url: string;
  readonly requests: readonly SeenRequest[];
  /** Bytes of file content handed to the socket, over all requests. */
  readonly sentBytes: () => number;
  /**
   * Tells the server how many bytes of the file the client has. It waits for these before it drops a
   * connection.
   */
  clientHas(bytes: number): void;
  /** What the server does wrong, by request. A request without an entry is answered correctly. */
  faults: Fault[];
  etag: string | undefined;
  content: Buffer;
}

export interface Fault {
  /** Closes the connection after this many bytes of the body, once the client has them (`clientHas`). */
  readonly dropAfter?: number;
  /** Sends the headers, part of the body, and then nothing. */
  readonly stallAfter?: number;
  readonly status?: number;
  /** Answers with a Content-Range that starts this many bytes too late. */
  readonly rangeShift?: number;
}

export interface FileServerOptions {
  readonly ignoreRange?: boolean;
  /** 302 from a path to a location. */
  readonly redirects?: Readonly<Record<string, string>>;
}

/** A loopback server for one file at `/model.onnx`: ranges, If-Range and faults on demand. */
export async function serveFile(content: Buffer, options: FileServerOptions = {}): Promise<FileServer> {
  const requests: SeenRequest[] = [];
  let sent = 0;
  let drop: { readonly at: number; readonly response: ServerResponse } | undefined;
  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const state: FileServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.onnx`,
    requests,
    sentBytes: () => sent,
    clientHas(bytes) {
      if (drop && bytes >= drop.at) drop.response.destroy();
    },
    faults: [],
    etag: '"one"',
    content,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = request.url ?? '';
    const { range } = request.headers;
    const ifRange = request.headers['if-range']?.toString();
    const fault = state.faults[requests.length] ?? {};
    requests.push({ path, range, ifRange });

    const location = options.redirects?.[path];
    if (location !== undefined) {
      response.writeHead(302, { location }).end();
      return;
    }
    if (fault.status !== undefined || path !== '/model.onnx') {
      response.writeHead(fault.status ?? 404).end('no such file');
      return;
    }
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const partial = from > 0 && !options.ignoreRange && (ifRange === undefined || ifRange === state.etag);
    const body = partial ? state.content.subarray(from) : state.content;
    response.writeHead(partial ? 206 : 200, {
      'content-length': body.length,
      ...(state.etag === undefined ? {} : { etag: state.etag }),
      ...(partial
        ? {
            'content-range': `bytes ${from + (fault.rangeShift ?? 0)}-${state.content.length - 1}/${state.content.length}`,
          }
        : {}),
    });
    const cut = fault.dropAfter ?? fault.stallAfter ?? body.length;
    sent += Math.min(cut, body.length);
    if (fault.dropAfter !== undefined) {
      drop = { at: state.content.length - body.length + cut, response };
      response.write(body.subarray(0, cut));
    } else if (fault.stallAfter !== undefined) {
      response.write(body.subarray(0, cut));
    } else {
      response.end(body);
    }
  }

  return state;
}
