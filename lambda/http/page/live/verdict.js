import { countErrors } from './errors.js';
import { percent, whole } from './format.js';
import { sum } from './statistics.js';

/**
 * How the service is, in a few words.
 *
 * @typedef {{ readonly level: 'good' | 'idle' | 'warning' | 'bad', readonly title: string,
 *   readonly detail: string }} Verdict
 */

/** From this share of requests on, errors of the service are a failure and not an exception. */
const FAILING_SHARE = 0.05;
/** From this share of its limit on, memory is nearly full. */
const FULL_SHARE = 0.9;

/**
 * The most serious of what is wrong, over the last minute.
 *
 * @param {import('./view.js').View} view
 * @returns {Verdict}
 */
export function verdictOn({ minute, info }) {
  const [model] = info?.models ?? [];
  const latest = minute.at(-1);
  const requests = sum(minute, (second) => second.requests);
  const refused = sum(minute, (second) => second.refused);
  const errors = countErrors(minute);
  const failed = requests > 0 ? Math.min(1, errors.ofServer / requests) : 0;

  if (!latest) return { level: 'idle', title: 'Waiting', detail: 'The first second has not come yet.' };
  if (model?.state === 'failed') {
    return { level: 'bad', title: 'Model failed', detail: `${model.name} cannot be loaded.` };
  }
  if (failed >= FAILING_SHARE) {
    return { level: 'bad', title: 'Failing', detail: `${failures(failed)} in the last minute.` };
  }
  if (model?.state === 'loading') {
    return {
      level: 'warning',
      title: 'Starting',
      detail: `${model.name} is loading. Predictions wait for it.`,
    };
  }
  if (latest.queue > 0 && info && latest.in_flight >= info.max_in_flight) {
    return {
      level: 'warning',
      title: 'Full',
      detail: `${whole(latest.queue)} requests wait for their turn.`,
    };
  }
  if (info && latest.rss_bytes >= FULL_SHARE * info.memory_limit_bytes) {
    const share = percent((100 * latest.rss_bytes) / info.memory_limit_bytes);
    return { level: 'warning', title: 'Short of memory', detail: `${share}\u00a0% of the limit is in use.` };
  }
  if (failed > 0) {
    return { level: 'warning', title: 'Some errors', detail: `${failures(failed)} in the last minute.` };
  }
  if (refused > 0) {
    return {
      level: 'warning',
      title: 'Some refusals',
      detail: `The server refused ${whole(refused)} requests or connections in the last minute.`,
    };
  }
  if (requests === 0) return { level: 'idle', title: 'Idle', detail: 'No requests in the last minute.' };
  const invalid = Math.min(1, errors.notValid / requests);
  return {
    level: 'good',
    title: 'Running well',
    detail:
      invalid > 0
        ? `No server errors in the last minute. ${percent(100 * invalid)}\u00a0% of the requests were not valid.`
        : 'No errors in the last minute.',
  };
}

/** @param {number} share */
const failures = (share) => `The service failed ${percent(100 * share)}\u00a0% of the requests`;
