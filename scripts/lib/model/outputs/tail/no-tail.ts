/** Thrown while a tail is looked for. The message says what is in its place. */
export class NoTail extends Error {
  override readonly name = 'NoTail';
}
