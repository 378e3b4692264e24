/** How the command speaks to the person who runs it. Only `print` may get a key's value. */
export interface Terminal {
  /** Writes what was asked for, to stdout. */
  readonly print: (text: string) => void;
  /** Writes everything else, to stderr. */
  readonly say: (line: string) => void;
  /** Whether stdout is a terminal, which keeps what it shows. */
  readonly isTerminal: boolean;
  /** @returns whether to go on. */
  readonly confirm: (question: string) => Promise<boolean>;
}

/** Prints a key's value. */
export function printValue({ print, say, isTerminal }: Terminal, value: string): void {
  if (isTerminal)
    say('Keep it secret: the terminal still shows it later. Pipe it to a secret store instead.');
  print(value);
}

/**
 * "After you add an API key to a usage plan, the update operation might take a few minutes to complete." API
 * Gateway developer guide, "Usage plans and API keys for REST APIs". For enabling and disabling, an
 * answer on AWS re:Post says about ten seconds.
 */
export const DELAY = 'API Gateway may take a few minutes to apply this everywhere.';
