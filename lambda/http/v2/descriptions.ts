import type { Models } from '../../prediction/models.ts';
import { VERSION } from '../../version.ts';
import { requireReady } from '../routes/health.ts';
import { modelConfig, PLATFORM } from './config.ts';
import type { ProtocolHandler } from './serve.ts';
import { chosenVersions, findVersions } from './served-models.ts';
import { listedOutputs, type TensorDescription, tensorsOf } from './tensors.ts';

/** By Triton's names: docs/protocol in triton-inference-server/server. */
const EXTENSIONS = [
  'binary_tensor_data',
  'classification',
  'model_configuration',
  'model_repository',
  'statistics',
] as const;

export const serverHandler = () => ({
  name: 'image-classification',
  version: VERSION,
  extensions: EXTENSIONS,
});

export const liveHandler: ProtocolHandler = () => ({ live: true });

export const readyHandler =
  (models: Models): ProtocolHandler =>
  (c) => {
    requireReady(c, models);
    return { live: true, ready: true };
  };

export const modelReadyHandler =
  (models: Models): ProtocolHandler =>
  async (c) => {
    const [{ name, access }] = await chosenVersions(c, models);
    access.now();
    return { name, ready: true };
  };

export const metadataHandler =
  (models: Models): ProtocolHandler =>
  async (c) => {
    const [model] = await chosenVersions(c, models);
    const tensors = tensorsOf(model.kind, model.access.now().classifier.manifest);
    const all = await findVersions(models, model.name);
    return {
      name: model.name,
      versions: all.map(({ version }) => version),
      platform: PLATFORM,
      inputs: [metadata(tensors.input)],
      outputs: listedOutputs(model.kind, tensors).map(metadata),
    };
  };

export const configHandler =
  (models: Models): ProtocolHandler =>
  async (c) => {
    const [model] = await chosenVersions(c, models);
    return modelConfig(model, tensorsOf(model.kind, model.access.now().classifier.manifest));
  };

const metadata = ({ name, datatype, dims }: TensorDescription) => ({ name, datatype, shape: [-1, ...dims] });
