import { fromStage, type Topic } from './notes.ts';

export const ACCESS = {
  CORS_ORIGINS: {
    text: 'Origins whose pages may call the API from a browser. `*` allows all.',
    example: 'https://app.example.com,https://b.example',
    unset: 'none, so no CORS headers are sent',
    lambda: fromStage('corsOrigins'),
  },
  AUTH: {
    text: 'What the gateway in front of the service requires of predictions. The service itself checks nothing: `/openapi.json` and the pages only say what is required ([authentication.md](authentication.md)).',
    example: 'api-key',
    unset: 'unknown, so the description says that a key may be required',
    lambda: fromStage('auth'),
  },
  ADMIN: {
    text: 'Who may see the live view and the metrics of the HTTP server: nobody (`off`), clients on the same machine (`loopback`), or everybody (`on`). See [live-view.md](live-view.md#access).',
    example: 'off',
    unset: '`loopback`',
    lambda: '`off`, and no other value',
  },
  ADMIN_TOKEN: {
    text: 'A token that opens the live view and the metrics to clients at any address that send it as a bearer token. With `ADMIN=on`, all clients must send it. Make one with `openssl rand -hex 16`.',
    example: '',
    unset: 'none',
    lambda: 'not used',
  },
} as const satisfies Topic;

export const RECORDS = {
  LOG_LEVEL: {
    text: 'The least severe level that is logged. A request is logged as `INFO`.',
    example: 'WARN',
    lambda: fromStage('logLevel'),
  },
  METRICS: {
    text: 'Whether CloudWatch metrics are written to standard output in embedded metric format. A terminal gets none.',
    example: 'on',
    unset: '`off`',
    lambda: '`on`',
  },
  STAGE: {
    text: 'The name of the deployment. It is a dimension of every metric.',
    example: 'dev',
    lambda: 'the name of the stage',
  },
} as const satisfies Topic;

/** Set by Lambda, from the role of the function. */
const OF_THE_ROLE = 'from the role of the function';

export const CAPTURE = {
  CAPTURE_BUCKET: {
    text: 'The S3 bucket that gets copies of a sample of the classified images. Photos may show people: read [security.md](security.md#a-sample-of-the-images) first. It needs `AWS_REGION` and credentials.',
    example: 'my-samples',
    unset: 'none, so no image is kept',
    lambda: fromStage('inputCapture'),
  },
  CAPTURE_PERCENT: {
    text: 'The share of the classified images that is captured, in percent.',
    example: '0.5',
    lambda: fromStage('inputCapture'),
  },
  AWS_REGION: {
    text: 'The region of `CAPTURE_BUCKET`.',
    example: 'eu-central-1',
    form: 'a region of AWS',
    unset: 'none',
    lambda: 'the region of the function',
  },
  AWS_ACCESS_KEY_ID: {
    text: 'The id of the access key that writes to `CAPTURE_BUCKET`.',
    example: '',
    form: 'an access key id',
    unset: 'none',
    lambda: OF_THE_ROLE,
  },
  AWS_SECRET_ACCESS_KEY: {
    text: 'The secret of that access key.',
    example: '',
    form: 'a secret access key',
    unset: 'none',
    lambda: OF_THE_ROLE,
  },
  AWS_SESSION_TOKEN: {
    text: 'The session token, for temporary credentials, such as those of a role.',
    example: '',
    form: 'a session token',
    unset: 'none',
    lambda: OF_THE_ROLE,
  },
  AWS_ENDPOINT_URL_S3: {
    text: 'The URL of another server with the API of S3, such as an emulator. The bucket is in the path.',
    example: 'http://localhost:9000',
    form: 'an http or https URL',
    unset: 'S3 in the region',
  },
} as const satisfies Topic;
