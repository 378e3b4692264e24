/** @typedef {(value: number) => string} Format */

/**
 * About three digits: 1,234 or 123 or 12.3 or 1.23.
 *
 * @type {Format}
 */
export function number(value) {
  const size = Math.abs(value);
  const digits = size >= 100 || Number.isInteger(value) ? 0 : size >= 10 ? 1 : 2;
  return value.toLocaleString('en', { maximumFractionDigits: digits });
}

/** @type {Format} */
export const whole = (value) => Math.round(value).toLocaleString('en');

/** @type {Format} */
export const percent = (value) => {
  if (value > 0 && value < 0.1) return '<\u00a00.1';
  return value.toLocaleString('en', { maximumFractionDigits: value >= 10 ? 0 : 1 });
};

/** Local time of a second since 1970. @type {Format} */
export const clock = (t) => new Date(1000 * t).toLocaleTimeString('en-GB');

/** How long something has taken, in its two largest units. @type {Format} */
export function duration(seconds) {
  const units = /** @type {const} */ ([
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ]);
  let rest = Math.max(0, Math.round(seconds));
  const parts = units.map(([name, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return { name, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first < 0) return '0\u00a0s';
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count}\u00a0${name}`)
    .join(' ');
}

export const MIB = 2 ** 20;
