import { html, write } from './dom.js';
import { percent, whole } from './format.js';
import { tally } from './statistics.js';

/** @typedef {import('./view.js').View} View */

/**
 * A panel that counts by name over the window, as a list with bars.
 *
 * @param {object} panel
 * @param {string} panel.title
 * @param {string} panel.unit
 * @param {number} panel.most how many names it shows
 * @param {(second: import('./history.js').Second) => Readonly<Record<string, number>>} panel.counts
 * @param {string} panel.empty
 */
export function createBars({ title, unit, most, counts, empty }) {
  // Safari does not call a list without markers a list, unless it has the role.
  const list = html('ol', { class: 'bars', role: 'list' });
  const rest = html('p', { class: 'hint' });
  const element = html(
    'section',
    { class: 'card panel', 'aria-label': title },
    html('h2', {}, title, html('span', { class: 'of' }, unit)),
    list,
    rest,
  );

  /** @param {View} view */
  function draw({ seconds, isLoading }) {
    const all = tally(seconds, counts);
    const total = all.reduce((sum, [, count]) => sum + count, 0);
    const shown = all.slice(0, most);
    while (list.children.length > shown.length) list.lastElementChild?.remove();
    while (list.children.length < shown.length) list.append(item());
    const largest = shown[0]?.[1] ?? 1;
    for (const [index, [name, count]] of shown.entries()) {
      const [label, number, share] = list.children[index]?.children ?? [];
      if (!label || !number || !share) continue;
      write(label, name);
      write(number, whole(count));
      write(share, `${percent((100 * count) / total)}\u00a0%`);
      /** @type {HTMLElement} */ (list.children[index]).style.setProperty('--share', String(count / largest));
    }
    const others = all.length - shown.length;
    const name = others === 1 ? 'other' : 'others';
    write(
      rest,
      isLoading ? 'Loading…' : total === 0 ? empty : others > 0 ? `and ${whole(others)} ${name}` : '',
    );
    rest.hidden = rest.textContent === '';
  }
  return { element, draw };
}

const item = () =>
  html(
    'li',
    {},
    html('span', { class: 'name' }),
    html('span', { class: 'count' }),
    html('span', { class: 'share' }),
  );
