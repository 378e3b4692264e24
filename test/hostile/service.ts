/**
 * Runs the real app with a fake model on a real socket in its own process. A decoder that crashes ends this
 * process and not the test, and its memory is measured separately.
 */
import { readConfig } from '../../lambda/config.ts';
import { createUrlFetcher } from '../../lambda/fetch/fetch.ts';
import { startServer } from '../../lambda/http/server/server.ts';
import { testApp } from '../support/app.ts';
import type { ServiceStats } from './support.ts';

const settings = JSON.parse(process.env['HOSTILE_SETTINGS'] ?? '{}');
const { url, limits, server: address } = readConfig({ PORT: '0', ...settings });
// The real fetcher, which refuses every address in these tests.
const fetchUrl = createUrlFetcher({
  ...url,
  accept: 'image/*',
  maxBytes: limits.maxImageBytes,
  maxRedirects: 3,
});
const { app, requests } = testApp({ fetchUrl }, settings);
const server = await startServer(app, address);

/** Counts of the responses so far. Keeping the records themselves would look like a leak. */
const statuses: Record<string, number> = {};
const failures: string[] = [];

function tally(): void {
  for (const { status, error } of (requests as (typeof requests)[number][]).splice(0)) {
    statuses[status] = (statuses[status] ?? 0) + 1;
    if (status >= 500) failures.push(`${error?.message} <- ${(error?.cause as Error | undefined)?.stack}`);
  }
}

// Even if no test reads the counts, tens of thousands of records would look like a leak.
setInterval(tally, 1000).unref();

/**
 * CPU time of the main thread between two ticks: how long the event loop was blocked, regardless of other
 * load on the machine.
 */
let longestTickMs = 0;
let before = mainThreadMs();
setInterval(() => {
  const now = mainThreadMs();
  longestTickMs = Math.max(longestTickMs, now - before);
  before = now;
}, 20).unref();

function mainThreadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

process.on('message', (question) => {
  if (question === 'forget ticks') longestTickMs = 0;
  tally();
  const { user, system } = process.cpuUsage();
  const stats: ServiceStats = {
    rssBytes: process.memoryUsage.rss(),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    cpuMs: (user + system) / 1000,
    longestTickMs,
    statuses,
    failures: failures.slice(0, 5),
  };
  process.send?.(stats);
});
process.on('disconnect', () => process.exit());
process.send?.(server.url);
