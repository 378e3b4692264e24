import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { BASELINES, INT8_BUNDLE } from '../paths.ts';
import { FLOAT_MODEL, TORCH_WEIGHTS } from '../python/float-model.ts';
import { type VenvName, venvOf, venvPython } from '../python/venv.ts';
import { imageEnvironment } from './image-environment.ts';
import type { Launch, Subject } from './subject.ts';

/** The settings that every Python server reads from its environment. */
const pythonEnvironment = (threads: number, workers: number) => ({
  THREADS: String(threads),
  WORKERS: String(workers),
  MODEL: FLOAT_MODEL,
  WEIGHTS: TORCH_WEIGHTS,
  LABELS: `${INT8_BUNDLE}/labels.json`,
  PYTHONPATH: `${REPOSITORY}models/tools:${BASELINES}common`,
  // The PyTorch of PyPI would look for a graphics card.
  CUDA_VISIBLE_DEVICES: '',
  // OpenMP's own setting, for what PyTorch does before it reads THREADS.
  OMP_NUM_THREADS: String(threads),
  PYTHONDONTWRITEBYTECODE: '1',
  BENTOML_DO_NOT_TRACK: 'True',
});

/** The PyTorch stack, which this service replaces. */
export const torch = (workers: number, threads: number): Subject => ({
  id: `torch-${workers}`,
  title: `FastAPI + PyTorch, ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
  protocol: 'form',
  launch: {
    kind: 'process',
    command: `${venvOf('fastapi-torch')}bin/uvicorn`,
    args: (port) => ['app:app', `--port=${port}`, `--workers=${workers}`],
    cwd: `${BASELINES}fastapi-torch`,
    environment: () => pythonEnvironment(threads, workers),
  },
});

/**
 * This service: from the sources as `npm start` runs it, as the bundle that the image runs, and as the image.
 *
 * @param settings variables of its environment.
 */
export function ours(
  variant: 'sources' | 'bundle' | 'container',
  settings: Readonly<Record<string, string>> = {},
): Subject {
  const title = {
    sources: 'This service, from the sources',
    bundle: 'This service, the bundle',
    container: 'This service, the container',
  }[variant];
  const launch = {
    sources: () => sources(settings),
    bundle: () => bundle(REPOSITORY, settings),
    container: () => ({ kind: 'container', environment: withPort(settings) }) as const,
  }[variant]();
  return { id: variant, title, protocol: 'form', launch };
}

/**
 * The bundle in `dist/`, with the settings of the image that the same repository makes.
 *
 * @param repository its folder, which ends in a slash.
 */
export const bundle = (repository: string, settings: Readonly<Record<string, string>> = {}): Launch => ({
  kind: 'process',
  command: process.execPath,
  args: () => ['dist/server.mjs'],
  cwd: repository,
  environment: withPort({ ...imageEnvironment(repository), ...settings }),
});

/** The command of `npm start`, without npm. */
function sources(settings: Readonly<Record<string, string>>): Launch {
  const { scripts } = JSON.parse(readFileSync(`${REPOSITORY}package.json`, 'utf8')) as {
    readonly scripts: { readonly start: string };
  };
  return {
    kind: 'process',
    command: 'sh',
    args: () => ['-c', scripts.start],
    cwd: REPOSITORY,
    environment: withPort({ PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, ...settings }),
  };
}

const withPort = (settings: Readonly<Record<string, string>>) => (port: number) => ({
  ...settings,
  PORT: String(port),
});

/** Serving frameworks on ONNX Runtime with the float32 model, each set up as its documentation shows. */
export const frameworks = (cores: number): readonly (Subject & { readonly id: VenvName })[] => {
  const settings = pythonEnvironment(cores, 1);
  const python = (
    id: VenvName,
    title: string,
    protocol: Subject['protocol'],
    launch: Pick<Extract<Launch, { kind: 'process' }>, 'command' | 'args'> & {
      readonly environment?: (port: number) => Record<string, string>;
    },
  ) => ({
    id,
    title,
    protocol,
    launch: {
      ...launch,
      kind: 'process' as const,
      cwd: `${BASELINES}${id}`,
      environment: (port: number) => ({ ...settings, PORT: String(port), ...launch.environment?.(port) }),
    },
  });
  return [
    python('litserve', 'LitServe + ONNX Runtime', 'form', {
      command: venvPython('litserve'),
      args: () => ['server.py'],
    }),
    python('bentoml', 'BentoML + ONNX Runtime', 'form', {
      command: `${venvOf('bentoml')}bin/bentoml`,
      args: (port) => ['serve', 'service:ResNet50', `--port=${port}`],
    }),
    python('mlserver', 'MLServer + ONNX Runtime', 'open-inference', {
      command: `${venvOf('mlserver')}bin/mlserver`,
      args: () => ['start', '.'],
      environment: (port) => ({
        MLSERVER_HTTP_PORT: String(port),
        MLSERVER_GRPC_PORT: String(port + 1),
        MLSERVER_METRICS_PORT: String(port + 2),
      }),
    }),
  ];
};
