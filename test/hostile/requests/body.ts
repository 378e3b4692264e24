/** What is sent, and what was done to it. */
export interface RequestBody {
  readonly contentType: string;
  readonly body: Uint8Array;
  readonly did: string;
}
