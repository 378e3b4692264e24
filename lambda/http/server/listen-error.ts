/** Says which setting to change when the server cannot listen on its address. */
export function listenError(
  cause: NodeJS.ErrnoException,
  { host, port }: { readonly host: string; readonly port: number },
): Error {
  return new Error(messageFor(cause.code, host, port), { cause });
}

/** The codes are those of listen(2), bind(2) and getaddrinfo(3). */
function messageFor(code: string | undefined, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `Port ${port} is in use. Set PORT to another one, for example: PORT=${port < 65_535 ? port + 1 : port - 1} npm start`;
    case 'EACCES':
      return `PORT: expected a port that this user may listen on, got ${port} (EACCES)`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST: expected an address of this machine, got ${host} (${code})`;
    default:
      return `HOST and PORT: cannot listen on ${host}:${port} (${code})`;
  }
}
