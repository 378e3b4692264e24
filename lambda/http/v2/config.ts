import type { ServedModel } from './served-models.ts';
import type { ModelTensors, TensorDescription } from './tensors.ts';

/** The names of datatypes in a model configuration: model_config.proto in triton-inference-server/common. */
const DATA_TYPES = { FP32: 'TYPE_FP32', BYTES: 'TYPE_STRING' } as const;

/** The framework and the format, as the protocol writes them. */
export const PLATFORM = 'onnxruntime_onnx';

/** The configuration of a model as Triton's `ModelConfig` in JSON. Dimensions are without the batch. */
export function modelConfig({ name, kind }: Pick<ServedModel, 'name' | 'kind'>, tensors: ModelTensors) {
  const tensor = ({ name: tensorName, datatype, dims }: TensorDescription) => ({
    name: tensorName,
    data_type: DATA_TYPES[datatype],
    dims: [...dims],
  });
  const format = kind === 'tensor' ? 'FORMAT_NCHW' : 'FORMAT_NONE';
  return {
    name,
    platform: PLATFORM,
    backend: 'onnxruntime',
    max_batch_size: tensors.maxBatch,
    input: [{ ...tensor(tensors.input), format }],
    output: tensors.outputs.map(tensor),
  };
}
