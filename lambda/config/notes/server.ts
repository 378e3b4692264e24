import type { Topic } from './notes.ts';

export const SERVER = {
  PORT: {
    text: 'The port of the HTTP server. With 0 the system chooses a free one.',
    example: '9000',
    lambda: 'not used',
  },
  HOST: {
    text: 'The address that the HTTP server listens on. Use `0.0.0.0` to be reachable from other machines.',
    example: '0.0.0.0',
    form: 'an IP address or a host name',
    image: '0.0.0.0',
    lambda: 'not used',
  },
  PUBLIC_URL: {
    text: 'The URL under which clients reach the HTTP server. It is used in the URLs of uploads and results.',
    example: 'https://photos.example.com/',
    unset: 'the `Host` header of the request',
    lambda: 'not used',
  },
  MAX_CONNECTIONS: {
    text: 'Open connections of the HTTP server.',
    example: '256',
    unset:
      'one for every 4 MiB of memory, from 64 to 1024; fewer if the process may open fewer than 2,176 files',
    lambda: 'not used',
  },
  MAX_ADDRESS_PERCENT: {
    text: 'The largest share of the connections, of the memory for bodies, of `DATA_MIB` and of `MAX_JOBS` that one client address may use. Set 100 behind a load balancer, because all clients then have its address.',
    example: '100',
    lambda: 'not used',
  },
  REQUEST_TIMEOUT_MS: {
    text: 'The time for a whole request, from its headers to its answer. The file of an upload may take 15 minutes.',
    example: '60000',
    lambda: 'the time left until the function’s timeout, `timeoutSeconds` of the stage',
  },
  DRAIN_NOTICE_MS: {
    text: 'How long `/ready` says 503 after SIGTERM, before the server refuses new connections. Load balancers need this time to send requests elsewhere.',
    example: '5000',
    lambda: 'not used',
  },
} as const satisfies Topic;
