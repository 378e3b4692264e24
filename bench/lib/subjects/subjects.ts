import { REPOSITORY } from '../../../scripts/lib/paths.ts';
import { BASELINES, INT8_BUNDLE } from '../paths.ts';
import { FLOAT_MODEL, TORCH_WEIGHTS } from '../python/float-model.ts';
import { type VenvName, venvOf, venvPython } from '../python/venv.ts';
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

/** This service: from the sources as in `npm start`, as the bundle that the image runs, and as the image. */
export function ours(variant: 'sources' | 'bundle' | 'container', modelDir = INT8_BUNDLE): Subject {
  const environment = (port: number) => ({ PORT: String(port) });
  const titles = { sources: 'from the sources', bundle: 'the bundle', container: 'the container' };
  const entry = variant === 'sources' ? 'lambda/server.ts' : 'dist/server.mjs';
  return {
    id: variant,
    title: `This service, ${titles[variant]}`,
    protocol: 'form',
    launch:
      variant === 'container'
        ? { kind: 'container', environment }
        : {
            kind: 'process',
            command: process.execPath,
            args: () => [entry],
            cwd: REPOSITORY,
            environment: (port) => ({ ...environment(port), MODEL_DIR: modelDir }),
          },
  };
}

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
