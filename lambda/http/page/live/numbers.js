import { byId, write } from './dom.js';
import { countErrors } from './errors.js';
import { clock, duration, number, percent, whole } from './format.js';
import { sum } from './statistics.js';
import { verdictOn } from './verdict.js';

/** @typedef {import('./view.js').View} View */

/** The large numbers are averages over this many seconds, as the service's own latencies are. */
const SECONDS = 10;
const NONE = '–';

/**
 * The row at the top: how the service is, and the four numbers that say most.
 *
 * @param {View} view
 * @param {boolean} isConnected
 */
export function drawNumbers(view, isConnected) {
  const { seconds, minute, end, info } = view;
  const recent = minute.slice(-SECONDS);
  const latest = minute.at(-1);
  const requests = sum(recent, (second) => second.requests);
  const errors = countErrors(recent);
  const latency = latest?.latency_ms;
  const share = (/** @type {number} */ count) => percent(Math.min(100, (100 * count) / requests));
  const peak = Math.max(0, ...seconds.map((second) => second.requests));

  const { level, title, detail } = isConnected || !latest ? verdictOn(view) : outdated(end);
  byId('verdict').dataset['level'] = level;
  write(byId('verdict-title'), title);
  write(byId('verdict-detail'), detail);
  byId('invitation').hidden = title !== 'Idle';
  if (info && latest) {
    const uptime = duration(end - Date.parse(info.started_at) / 1000);
    write(byId('subtitle'), `Version ${info.version} of the service, up ${uptime}`);
  }
  show('rate', latest && number(requests / recent.length), '/s', latest && `highest ${whole(peak)}\u2009/s`);
  show(
    'p95',
    latency && number(latency.p95),
    'ms',
    latency && `p50 ${number(latency.p50)} · p99 ${number(latency.p99)}`,
  );
  show(
    'errors',
    requests > 0 && share(errors.ofServer),
    '%',
    requests > 0 && `not valid ${share(errors.notValid)}\u00a0%`,
  );
  show(
    'in-flight',
    latest && whole(latest.in_flight),
    info ? `of ${whole(info.max_in_flight)}` : '',
    latest && `${whole(latest.queue)} waiting`,
  );
  byId('errors').classList.toggle('alarming', errors.ofServer > 0);
}

/** @param {number} end @returns {import('./verdict.js').Verdict} */
const outdated = (end) => ({
  level: 'idle',
  title: 'Out of date',
  detail: `Everything on this page is from ${clock(end)} or before.`,
});

/**
 * @param {string} id
 * @param {string | false | undefined | null} value
 * @param {string} unit
 * @param {string | false | undefined | null} note
 */
function show(id, value, unit, note) {
  const [valueElement, unitElement] = byId(id).children;
  if (valueElement) write(valueElement, value || NONE);
  if (unitElement) write(unitElement, value ? unit : '');
  write(byId(`${id}-note`), note || '\u00a0');
}
