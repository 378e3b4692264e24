/** @import { Item } from './gallery.js' */

export const COLUMNS = ['file', 'rank', 'label', 'probability', 'model', 'problem'];

/**
 * A row for each class of each photo, as RFC 4180 describes CSV. The byte order mark tells spreadsheets that it is
 * UTF-8.
 *
 * @param {readonly Pick<Item, 'file' | 'outcome'>[]} items
 */
export function toCsv(items) {
  const rows = items.flatMap(({ file, outcome }) => {
    if (!outcome) return [];
    if ('problem' in outcome) return [[file.name, '', '', '', '', outcome.problem.title]];
    const { predictions, model } = outcome.answer;
    return predictions.map(({ rank, label, probability }) => [
      file.name,
      rank,
      label,
      probability,
      `${model.name}@${model.version}`,
      '',
    ]);
  });
  return `\ufeff${[COLUMNS, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')}`;
}

/** @param {string | number} value */
function cell(value) {
  if (typeof value === 'number') return String(value);
  return quoted(FORMULA.test(value) ? `'${value}` : value);
}

/**
 * Spreadsheets run a text that begins with one of these. An apostrophe before it makes it a text: owasp.org, "CSV
 * Injection".
 */
export const FORMULA_START = /[=+\-@\uff1d\uff0b\uff0d\uff20\t\r\n]/;
const FORMULA = new RegExp(`^${FORMULA_START.source}`);

/**
 * Some spreadsheets split a line at semicolons or tabs, so a text with anything but letters, digits and the like is in
 * quotes.
 *
 * @param {string} text
 */
export const quoted = (text) => (/^[\w .@-]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`);
