import { toCsv } from './csv.js';
import { offerDownload } from './download.js';
import { button, element, page } from './elements.js';
import { counted, percent } from './format.js';
import { lowConfidenceBelow } from './settings.js';

/** @import { Outcome } from './request.js' */

/**
 * A photo of the gallery. Its outcome is undefined until its request is answered.
 *
 * @typedef {{ file: File, url: string, outcome: Outcome | undefined }} Item
 */

/**
 * Shows several photos with their answers.
 *
 * @param {Item[]} items
 * @param {(item: Item) => void} onChoose is called when one of them is to be shown large
 */
export function showGallery(items, onChoose) {
  const tiles = items.map((item) => tile(item));
  tiles.forEach((each, index) => {
    each.addEventListener('click', () => {
      mark(index);
      const item = items[index];
      if (item) onChoose(item);
    });
  });
  const list = element(
    'ul',
    tiles.map((each) => element('li', [each])),
  );
  list.setAttribute('role', 'list');
  page.gallery.replaceChildren(toolbar(items), list);
  page.gallery.hidden = false;

  /** @param {number} index of the photo that is shown large */
  function mark(index) {
    tiles.forEach((each, other) => {
      each.setAttribute('aria-current', String(other === index));
    });
  }

  return { mark };
}

export function hideGallery() {
  page.gallery.hidden = true;
  page.gallery.replaceChildren();
}

/** @param {Item} item */
function tile({ file, url, outcome }) {
  const made = button('', 'tile');
  const photo = element('img');
  Object.assign(photo, { src: url, alt: '', decoding: 'async' });
  photo.addEventListener('error', () => photo.remove());
  made.append(photo, element('span', file.name, 'file'), element('span', inShort(outcome), 'short'));
  if (outcome && 'problem' in outcome) made.classList.add('failed');
  return made;
}

/** @param {Outcome | undefined} outcome */
function inShort(outcome) {
  if (!outcome) return 'Classifying…';
  if ('problem' in outcome) return outcome.problem.title;
  const [top] = outcome.answer.predictions;
  if (!top) return 'No predictions';
  const sure = top.probability >= lowConfidenceBelow ? '' : 'Not sure: ';
  return `${sure}${top.label}, ${percent(top.probability)}`;
}

/** @param {Item[]} items */
function toolbar(items) {
  const failed = items.filter(({ outcome }) => outcome && 'problem' in outcome).length;
  const isDone = items.every(({ outcome }) => outcome);
  const summary = counted(items.length, 'photo') + (failed > 0 ? `, ${failed} not classified` : '');
  const csv = button('Download CSV', 'quiet');
  const json = button('Download JSON', 'quiet');
  csv.addEventListener('click', () => offerDownload('predictions.csv', 'text/csv', toCsv(items)));
  json.addEventListener('click', () => offerDownload('predictions.json', 'application/json', toJson(items)));
  csv.disabled = !isDone;
  json.disabled = !isDone;
  return element('div', [element('h3', summary), csv, json], 'toolbar');
}

/** The answers as the service gave them, with the names of the files. @param {Item[]} items */
function toJson(items) {
  const results = items.map(({ file, outcome }) => {
    if (!outcome || 'problem' in outcome) return { file: file.name, ...outcome };
    const {
      timing_ms: _timing,
      roundTripMs: _roundTrip,
      index: _index,
      ...answer
    } = /** @type {any} */ (outcome.answer);
    return { file: file.name, ...answer };
  });
  return `${JSON.stringify({ results }, undefined, 2)}\n`;
}
