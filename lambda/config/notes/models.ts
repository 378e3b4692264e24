import { fromStage, type Topic } from './notes.ts';

export const MODELS = {
  MODELS: {
    text: 'The models to load, separated by commas, the default model first. Each is the name of a folder in `MODEL_REPOSITORY`, or the path of a folder with a `manifest.json`.',
    example: 'efficientnet-lite2',
    unset: '`resnet50`, then all others in `MODEL_REPOSITORY`',
    image: 'resnet50',
    lambda: fromStage('models'),
  },
  MODEL_REPOSITORY: {
    text: 'The folder of the models that `MODELS` names.',
    example: '/srv/models',
    form: 'a path',
    unset: '`models/` of the repository',
    image: '/var/task/models',
  },
  INTRA_OP_THREADS: {
    text: 'Threads that run the model.',
    example: '2',
    unset: 'the CPUs of the machine or the container, rounded',
    lambda: 'the vCPUs of the function, rounded: one per 1,769 MiB',
  },
} as const satisfies Topic;

export const LIMITS = {
  MAX_IMAGE_BYTES: {
    text: 'The size of one image. Lambda takes payloads of 6 MB, which leaves 4.5 MB, because images arrive there in base64.',
    example: '10000000',
    unset: '20000000; less with little memory',
    lambda: '4500000',
  },
  MAX_BODY_BYTES: {
    text: 'The size of a whole request body, such as a batch.',
    example: '32000000',
    unset: '64000000; less with little memory',
    lambda: '6000000',
  },
  MAX_PIXELS: {
    text: 'Width times height of one image.',
    example: '24000000',
  },
  MAX_BATCH_PIXELS: {
    text: 'The pixels of all images of a batch together.',
    example: '100000000',
  },
  MAX_SIDE: {
    text: 'The longer side of one image.',
    example: '16384',
  },
  MAX_IN_FLIGHT: {
    text: 'Images processed at the same time. As many again may wait for up to 2 s, and further requests get 503.',
    example: '16',
  },
  MEMORY_LIMIT_MIB: {
    text: 'Memory that the process may use. With less memory, the limits on bodies, images and connections are smaller: [security.md](security.md) has a table.',
    example: '1024',
    unset:
      'the memory limit of the container; without one, half of the machine’s memory and at most 4096 MiB',
    lambda: 'the memory of the function, `memoryMiB` of the stage',
  },
} as const satisfies Topic;

export const FETCHES = {
  URL_ALLOW_HTTP: {
    text: 'Whether `http://` URLs of images and webhooks are allowed, as well as `https://` ones.',
    example: 'on',
  },
  URL_TIMEOUT_MS: {
    text: 'The time for the whole fetch of a URL.',
    example: '5000',
  },
  URL_IDLE_TIMEOUT_MS: {
    text: 'The longest time without data during a fetch.',
    example: '2000',
  },
} as const satisfies Topic;
