// From version 1.29, ONNX Runtime sends usage data to its maker unless this is set before the first session.
// The native library reads the variable itself, so it is set here for every way of running the service.
// biome-ignore lint/style/noProcessEnv: written, not read
process.env['ORT_DISABLE_TELEMETRY'] = '1';

export { env, InferenceSession, Tensor } from 'onnxruntime-node';
