/** What runs until the reader stops it, with settings before it or without. */
const SERVERS = [
  'npm start',
  'npm run dev',
  String.raw`docker run (?!.*(?:-d|--detach) ).*-p \d+:`,
  String.raw`docker compose (?:--profile \w+ )?up(?! .*(?:-d|--detach)\b)`,
  'sam local start-api',
  'node examples/webhooks/receiver.mjs',
  'python3 examples/webhooks/receiver.py',
];
const SERVER = new RegExp(String.raw`^(?:\w+=(?:\$\([^)]*\)|\S)* )*(?:${SERVERS.join('|')})`);
const COMMENT = /\s+#\s.*$/;

/** A command that runs until the reader stops it. */
export interface Server {
  readonly command: string;
  /** Answers when it is ready. */
  readonly url: string;
}

/**
 * The server that a line of a block starts: one that is known, or one with a comment that asks for another terminal.
 *
 * @param rest the lines after it, which may call it.
 */
export function serverOf(line: string, rest: string): Server | undefined {
  const command = line.replace(COMMENT, '').trim();
  const isServer = SERVER.test(command) && !/\s--help\b/.test(command);
  const isElsewhere = /\s#.*\banother terminal\b/.test(line);
  return (isServer || isElsewhere) && command !== '' ? { command, url: urlOf(command, rest) } : undefined;
}

function urlOf(command: string, rest: string): string {
  const [, port = '8080'] =
    /(?:\s-p |\bPORT=|--port )(\d+)/.exec(command) ?? /localhost:(\d+)/.exec(rest) ?? [];
  return port === '8080' ? 'http://localhost:8080/ready' : `http://localhost:${port}/`;
}

/** The program of a block, whose servers run in the background. */
export function withServers(code: string): string {
  const lines = code.split('\n');
  return lines
    .map((line, index) => {
      const server = serverOf(line, lines.slice(index + 1).join('\n'));
      if (server === undefined) return line;
      const any = server.url.endsWith('/ready') ? '' : ' any';
      return `serve ${server.url} ${quoted(server.command)}${any}`;
    })
    .join('\n');
}

/** As one word of a shell. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
