// Helpers that the tests of the live view run inside the page.

const frames = [];
const heard = [];

Object.assign(globalThis.inPage, {
  serverErrors: async () => [...(await import('/live/errors.js')).SERVER_ERRORS],

  /** @returns how many of 2000 seconds the page keeps, the first and the last of them. */
  async keptSeconds() {
    const history = (await import('/live/history.js')).createHistory();
    const all = Array.from({ length: 2000 }, (_, t) => ({ t }));
    history.merge(all.slice(0, 1500));
    for (const second of all.slice(1500)) history.push(second);
    return [history.seconds.length, history.seconds[0].t, history.seconds.at(-1).t];
  },

  /** From now on, there is a frame only when `nextFrame` is called, as in a tab that is hidden. */
  holdFrames() {
    globalThis.requestAnimationFrame = (draw) => frames.push(draw);
  },

  heldFrames: () => frames.length,

  nextFrame() {
    for (const draw of frames.splice(0)) draw();
  },

  isFocused: (label) => document.activeElement.ariaLabel === label,

  focusOutline: () => getComputedStyle(document.activeElement).outline,

  /** @returns the colour of the dot before an element. */
  dotColour: (id) => getComputedStyle(document.getElementById(id), '::before').backgroundColor,

  /** @returns the colour that a property of the page has. */
  colour(name) {
    const probe = document.createElement('p');
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  },

  /** @returns the marks of a chart's axis that are in the way of the time of its second. */
  overlaps(title) {
    const plot = document.querySelector(`section[aria-label="${title}"] .plot`);
    const label = plot.querySelector('.pointer rect').getBoundingClientRect();
    return [...plot.querySelectorAll('.mark:not(.covered)')]
      .filter((mark) => {
        const { left, right } = mark.getBoundingClientRect();
        return left < label.right && right > label.left;
      })
      .map((mark) => mark.textContent);
  },

  animations: () => document.getAnimations().length,

  /** From now on, collects what screen readers are told for `announced`. */
  listenToAll() {
    for (const status of document.querySelectorAll('[role=status], [role=alert], [aria-live]')) {
      const options = { childList: true, subtree: true, characterData: true };
      new MutationObserver(() => heard.push(status.textContent)).observe(status, options);
    }
  },

  announced: () => heard,
});
