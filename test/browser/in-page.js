// Helpers that the tests run inside the page. Loaded before the page's own scripts; not part of the product.

const bytesOf = (base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

const heard = [];

const inPage = {
  /** Simulates a drop: dispatches the events with a file or a text as DataTransfer. */
  drop({ base64, text }) {
    const dataTransfer = new DataTransfer();
    if (base64) dataTransfer.items.add(new File([bytesOf(base64)], 'dropped.jpg', { type: 'image/jpeg' }));
    if (text) dataTransfer.setData('text/plain', text);
    const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector('.drop').dispatchEvent(event);
  },

  /** Simulates a drop of several files. */
  dropFiles(files) {
    const dataTransfer = new DataTransfer();
    for (const { name, base64 } of files)
      dataTransfer.items.add(new File([bytesOf(base64)], name, { type: 'image/jpeg' }));
    const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector('.drop').dispatchEvent(event);
  },

  copyText: (text) => navigator.clipboard.writeText(text),

  copied: () => navigator.clipboard.readText(),

  copyPng(base64) {
    const blob = new Blob([bytesOf(base64)], { type: 'image/png' });
    return navigator.clipboard.write([new ClipboardItem({ [blob.type]: blob })]);
  },

  withoutClipboard() {
    Object.defineProperty(navigator, 'clipboard', { value: undefined });
  },

  selected: () => String(getSelection()),

  focused: () => document.activeElement.id,

  /** The id of the focused element, or how its text begins. */
  focusedPlace: () => {
    const { id, textContent } = document.activeElement;
    return id || textContent.trim().split(',')[0];
  },

  outline: (selector) => getComputedStyle(document.querySelector(selector)).outline,

  /** Whether all of it is in the window. */
  isInWindow(selector) {
    const { top, bottom } = document.querySelector(selector).getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  },

  /** How the rows of the classes are marked. */
  marks: () =>
    [...document.querySelectorAll('.class')].map((row) => {
      const { backgroundColor, boxShadow } = getComputedStyle(row);
      return [backgroundColor, boxShadow];
    }),

  tabSize: (selector) => getComputedStyle(document.querySelector(selector)).tabSize,

  opacity: (selector) => getComputedStyle(document.querySelector(selector)).opacity,

  stored: () => [document.cookie, localStorage.length, sessionStorage.length],

  width: () => document.documentElement.scrollWidth,

  colorScheme: () => getComputedStyle(document.documentElement).colorScheme,

  /** Where the heat map is hottest, as shares of the photo from its left and its top. */
  hottest() {
    const canvas = document.querySelector('canvas');
    const { width, height } = canvas;
    const { data } = canvas.getContext('2d').getImageData(0, 0, width, height);
    let best = 0;
    for (let pixel = 0; pixel < width * height; pixel++)
      if (heat(data, pixel) > heat(data, best)) best = pixel;
    const map = canvas.getBoundingClientRect();
    const photo = document.querySelector('.picture img').getBoundingClientRect();
    const x = map.left + ((best % width) / width) * map.width;
    const y = map.top + (Math.floor(best / width) / height) * map.height;
    return [(x - photo.left) / photo.width, (y - photo.top) / photo.height];
  },

  /** The alpha of the heat map at a place in it, in shares from its left and its top. */
  alphaOfMap({ x, y }) {
    const canvas = document.querySelector('canvas');
    return canvas.getContext('2d').getImageData(x * canvas.width, y * canvas.height, 1, 1).data[3];
  },

  /** From now on, collects every text of the status line for `said`. */
  listen() {
    const status = document.querySelector('[role=status]');
    new MutationObserver(() => heard.push(status.textContent)).observe(status, { childList: true });
  },

  said: () => heard,

  /** @returns the texts whose contrast with their background is below 4.5 : 1 (WCAG AA). */
  lowContrast() {
    return [...document.querySelectorAll('body *')]
      .filter((element) => element.checkVisibility() && hasText(element) && contrast(element) < 4.5)
      .map((element) => `${contrast(element).toFixed(2)} ${element.textContent}`);
  },
};

/** Of the colours of the map, the hottest are opaque and the lightest. */
const heat = (data, pixel) => {
  const [red, green, blue, alpha] = data.subarray(4 * pixel, 4 * pixel + 4);
  return ((red + green + blue) * alpha) / 255;
};

const hasText = (element) => [...element.childNodes].some(({ nodeType }) => nodeType === Node.TEXT_NODE);

function contrast(element) {
  const [dark, light] = [getComputedStyle(element).color, backgroundOf(element)]
    .map(luminance)
    .sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

const numbers = (color) => color.match(/[\d.]+/g).map(Number);

function backgroundOf(element) {
  if (!element) return 'rgb(255, 255, 255)';
  const { backgroundColor } = getComputedStyle(element);
  return numbers(backgroundColor)[3] === 0 ? backgroundOf(element.parentElement) : backgroundColor;
}

/** Relative luminance as defined by WCAG. */
function luminance(color) {
  const [red, green, blue] = numbers(color).map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

globalThis.inPage = inPage;
