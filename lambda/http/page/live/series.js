import { SERVER_ERRORS } from './errors.js';
import { tally, total } from './statistics.js';

/**
 * @typedef {import('./history.js').Second} Second
 * @typedef {import('./view.js').View} View
 *
 * @typedef {object} Series
 * @property {string} name
 * @property {string} look classes of live.css: a colour, and how the line is broken
 * @property {(second: Second) => number | null} value null if there was nothing to measure
 */

const MAX_CODES = 5;
const OF_SERVICE = ['red', 'orange', 'pink'];
const OF_CLIENT = ['violet', 'gold', 'teal', 'blue'];

/** Gives each code a colour that it keeps. */
function createErrorLooks() {
  /** @type {Map<string, string>} */
  const looks = new Map();
  const given = { service: 0, client: 0 };
  return (/** @type {string} */ code) => {
    const known = looks.get(code);
    if (known) return known;
    const look = SERVER_ERRORS.has(code)
      ? OF_SERVICE[given.service++ % OF_SERVICE.length]
      : OF_CLIENT[given.client++ % OF_CLIENT.length];
    looks.set(code, look ?? 'grey');
    return look ?? 'grey';
  };
}

const lookOf = createErrorLooks();

/** The most frequent codes of the window, and one series for all others. @param {View} view @returns {Series[]} */
export function errorSeries({ seconds }) {
  const codes = tally(seconds, ({ errors }) => errors).map(([code]) => code);
  const named = codes.slice(0, codes.length > MAX_CODES + 1 ? MAX_CODES : MAX_CODES + 1);
  const series = named.map((code) => ({
    name: code,
    look: lookOf(code),
    value: (/** @type {Second} */ { errors }) => errors[code] ?? 0,
  }));
  if (named.length === codes.length) return series;
  const value = (/** @type {Second} */ { errors }) =>
    total(errors) - named.reduce((all, code) => all + (errors[code] ?? 0), 0);
  return [...series, { name: 'all others', look: 'grey', value }];
}

/** @type {Readonly<Record<string, { readonly name: string, readonly look: string }>>} */
const KNOWN_FORMATS = {
  jpeg: { name: 'JPEG', look: 'blue' },
  png: { name: 'PNG', look: 'teal' },
  webp: { name: 'WebP', look: 'violet' },
  avif: { name: 'AVIF', look: 'orange' },
  gif: { name: 'GIF', look: 'gold' },
  tiff: { name: 'TIFF', look: 'pink' },
};

/** Always in the same order, so that columns do not change places. @param {View} view @returns {Series[]} */
export function formatSeries({ seconds }) {
  const found = tally(seconds, ({ formats }) => formats).map(([format]) => format);
  const known = Object.keys(KNOWN_FORMATS);
  const others = found.filter((format) => !known.includes(format)).sort();
  return [...known.filter((format) => found.includes(format)), ...others].map((format) => ({
    name: KNOWN_FORMATS[format]?.name ?? format,
    look: KNOWN_FORMATS[format]?.look ?? 'grey',
    value: ({ formats }) => formats[format] ?? 0,
  }));
}
