import { page } from './elements.js';

/** Moves the focus from what was used to choose a photo to the result, so that Tab goes on there. */
export function focusResult() {
  const used = document.activeElement;
  if (page.input.contains(used) && !page.options.contains(used)) page.stage.focus({ preventScroll: true });
}

/** Scrolls only as far as it takes to see all of the element, or its beginning if it is taller than the window. */
export function reveal(/** @type {HTMLElement} */ element) {
  element.scrollIntoView({ block: element.offsetHeight > innerHeight ? 'start' : 'nearest' });
}
