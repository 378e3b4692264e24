/** Every element of the document with an id, by its id. @type {Record<string, any>} */
export const page = Object.fromEntries(
  [...document.querySelectorAll('[id]')].map((element) => [element.id, element]),
);

/**
 * @param {string} tag
 * @param {string | (Node | string)[]} content
 * @param {string} [className]
 * @returns {any} the new element
 */
export function element(tag, content = [], className = '') {
  const made = document.createElement(tag);
  made.append(...[content].flat().filter((part) => part !== ''));
  if (className) made.className = className;
  return made;
}

/** @param {string} content @param {string} [className] */
export function button(content, className) {
  const made = element('button', content, className);
  made.type = 'button';
  return made;
}

/** A list of terms and their values. @param {readonly (readonly [string, string, string?])[]} pairs */
export const facts = (pairs) =>
  pairs.map(([term, value, className = '']) =>
    element('div', [element('dt', term), element('dd', value)], className),
  );
