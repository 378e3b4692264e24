// From version 1.29 on ONNX Runtime reports its use to its maker unless this is set before the first session. The variable
// is read by the native library, so it is set here, for every way of running, and nowhere else.
// biome-ignore lint/style/noProcessEnv: written, not read
process.env['ORT_DISABLE_TELEMETRY'] = '1';

export { env, InferenceSession, Tensor } from 'onnxruntime-node';
