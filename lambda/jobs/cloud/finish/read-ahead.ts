/** An answer of S3 takes about 30 ms, so a million results in 3,300 objects would take 100 s one after the other. */
const MOST_OBJECTS = 16;
const MOST_BYTES = 64 * 2 ** 20;

interface Pending {
  readonly bytes: number;
  readonly content: Promise<Uint8Array>;
}

/** Reads objects ahead, as far as memory allows, and gives their contents in order. */
export async function* readAhead<Item extends { readonly bytes: number }>(
  items: AsyncIterable<Item>,
  read: (item: Item) => Promise<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const pending: Pending[] = [];
  let waiting = 0;
  const next = async (): Promise<Uint8Array | undefined> => {
    const first = pending.shift();
    waiting -= first?.bytes ?? 0;
    return first?.content;
  };
  for await (const item of items) {
    while (pending.length > 0 && (pending.length >= MOST_OBJECTS || waiting + item.bytes > MOST_BYTES)) {
      const content = await next();
      if (content) yield content;
    }
    const content = read(item);
    // It is awaited later. Until then a failure is not unhandled.
    content.catch(() => {});
    pending.push({ bytes: item.bytes, content });
    waiting += item.bytes;
  }
  for (let content = await next(); content; content = await next()) yield content;
}
