const SCRAPE_EVERY_MS = 1000;

/** Reads the live view, and scrapes the metrics once a second, until it is disposed of. */
export function watch(url: string): AsyncDisposable {
  const controller = new AbortController();
  const { signal } = controller;
  const viewing = view(url, signal);
  const scraping = scrape(url, signal);
  return {
    async [Symbol.asyncDispose]() {
      controller.abort();
      await Promise.all([viewing, scraping]);
    },
  };
}

async function view(url: string, signal: AbortSignal): Promise<void> {
  const response = await fetched(`${url}/live/events`, signal);
  try {
    for await (const _piece of response?.body ?? []);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

async function scrape(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const response = await fetched(`${url}/metrics`, signal);
    await response?.text().catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, SCRAPE_EVERY_MS));
  }
}

/** @returns undefined after the end. */
async function fetched(url: string, signal: AbortSignal): Promise<Response | undefined> {
  try {
    const response = await fetch(url, { signal });
    if (response.status !== 200) throw new Error(`${url}: expected status 200, got ${response.status}`);
    return response;
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}
