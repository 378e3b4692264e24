import type { ModelName } from './requests.ts';

/** What does not change while the process runs. */
export interface ServiceFacts {
  readonly service: string;
  readonly version: string;
  readonly onnxruntime: string;
  readonly stage: string;
  /** Threads of the model. */
  readonly threads: number;
  /** CPUs that the process may use; perhaps a fraction. */
  readonly cpus: number;
  /** Memory that the process may use. */
  readonly memoryLimitBytes: number;
  /** Images that are predicted at the same time. */
  readonly maxInFlight: number;
}

export interface ModelState extends ModelName {
  readonly state: 'loading' | 'ready' | 'failed';
}

/** What can be read from the running service at any time. */
export interface ServiceState {
  /** Images being predicted. */
  readonly inFlight: () => number;
  /** Requests that wait for their images to be predicted. */
  readonly waiting: () => number;
  /** Without models whose manifest has not been read yet. */
  readonly models: () => readonly ModelState[];
  /** Milliseconds from the start of the process until the default model was ready; undefined before. */
  readonly readyAfterMs: () => number | undefined;
}
