/** Arguments that a command cannot work with. The message says what was expected and what came. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
