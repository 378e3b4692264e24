/** The model's output for a request, and how long it took. */
export interface ScoredRequest {
  /** For each item of the batch, one value for each class. */
  readonly rows: readonly Float32Array[];
  /** Milliseconds from the body to the tensors of the model, without the wait for other requests. */
  readonly inputMs: number;
  /** Milliseconds of the model's runs, without the wait for runs of other requests. */
  readonly inferenceMs: number;
}
