import { element, facts } from './elements.js';
import { percent } from './format.js';

/** @import { Manifest } from './models.js' */

/** The accuracy that was measured with the most photos. @param {Manifest | undefined} manifest */
export const best = (manifest) => manifest?.accuracy.toSorted((a, b) => b.images - a.images)[0];

/** The manifest is beside the file, but this page is not. @param {string} text */
const withoutReference = (text) => text.replace(/, see README\.md$/, '');

/** What the card of the model says in short. @param {Manifest} manifest */
export function modelCard({ name, version, description, licence, provenance, precision, accuracy }) {
  const list = element(
    'dl',
    facts([
      ['Weights', precision],
      ['Made from', withoutReference(provenance.source), 'wide'],
      ['Licence', withoutReference(licence), 'wide'],
    ]),
  );
  const refersToCard = [provenance.source, licence].some((text) => text !== withoutReference(text));
  const link = element('a', 'All facts as JSON');
  link.href = `models/${encodeURIComponent(name)}`;
  return element('article', [
    element('h3', `${name} ${version}`),
    element('p', description),
    ...(accuracy.length > 0 ? [accuracyTable(accuracy)] : []),
    list,
    element('p', [link, refersToCard ? '. The rest is in README.md beside the files of the model.' : '']),
  ]);
}

/** @param {Manifest['accuracy']} accuracy */
function accuracyTable(accuracy) {
  const heading = (/** @type {string} */ text) => {
    const cell = element('th', text);
    cell.scope = 'col';
    return cell;
  };
  const rows = accuracy.map(({ dataset, images, top1, top5, precision }) =>
    element('tr', [
      element('td', percent(top1)),
      element('td', percent(top5)),
      element('td', precision),
      element('td', `${dataset} (${images.toLocaleString('en')} photos)`),
    ]),
  );
  return element('table', [
    element('caption', 'How often the right class is the first, or among the first five'),
    element('thead', [element('tr', ['Top-1', 'Top-5', 'Weights', 'Measured on'].map(heading))]),
    element('tbody', rows),
  ]);
}
