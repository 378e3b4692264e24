export interface ServerSentEvent {
  readonly name: string;
  readonly data: unknown;
}

/** The events of a response, as they arrive. Leaving the loop closes the connection. */
export async function* eventsOf(response: Response): AsyncGenerator<ServerSentEvent> {
  let text = '';
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
      if (name === undefined || data === undefined) throw new Error(`Expected an event, got ${block}`);
      yield { name, data: JSON.parse(data) };
    }
  }
}
