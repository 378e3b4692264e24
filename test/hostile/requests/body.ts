/** A request body, and how it was changed. */
export interface RequestBody {
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly did: string;
}
