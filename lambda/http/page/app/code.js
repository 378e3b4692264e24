import { snippets } from '../snippets/index.js';
import { button, element, page } from './elements.js';

/** @import { Chosen } from './models.js' */
/** @import { SnippetRequest } from '../snippets/request.js' */

/** How long the button says what it did. */
const DONE_MS = 2000;

/** Makes a tab for each language, and its panel with a button that copies. The pattern: w3.org/WAI/ARIA/apg, "Tabs". */
export function createCode() {
  const tabs = snippets.map(({ id, title }) => {
    const tab = button(title);
    Object.assign(tab, { id: `tab-${id}`, role: 'tab' });
    tab.setAttribute('aria-controls', `panel-${id}`);
    return tab;
  });
  const texts = snippets.map(({ id }) => Object.assign(element('code'), { id }));
  const panels = snippets.map(({ id, title }, index) => {
    const copy = button('Copy', 'quiet copy');
    const name = (/** @type {string} */ text) => {
      copy.textContent = text;
      copy.ariaLabel = `${text} ${title}`;
    };
    let back = 0;
    copy.addEventListener('click', async () => {
      name(await copyText(texts[index]));
      clearTimeout(back);
      back = setTimeout(() => name('Copy'), DONE_MS);
    });
    name('Copy');
    const code = element('pre', [texts[index]]);
    // It scrolls, so it has to be reachable with the keyboard.
    Object.assign(code, { tabIndex: 0, role: 'group', ariaLabel: `Code in ${title}` });
    const panel = element('div', [copy, code]);
    Object.assign(panel, { id: `panel-${id}`, role: 'tabpanel' });
    panel.setAttribute('aria-labelledby', `tab-${id}`);
    return panel;
  });
  page.tabs.append(...tabs);
  page.panels.append(...panels);

  /** @param {number} index */
  function select(index) {
    tabs.forEach((tab, other) => {
      tab.ariaSelected = String(other === index);
      tab.tabIndex = other === index ? 0 : -1;
    });
    panels.forEach((panel, other) => {
      panel.hidden = other !== index;
    });
    page.copied.textContent = '';
  }

  tabs.forEach((tab, index) => {
    tab.addEventListener('click', () => select(index));
  });
  page.tabs.addEventListener('keydown', (/** @type {KeyboardEvent} */ event) => {
    const current = tabs.findIndex((tab) => tab.ariaSelected === 'true');
    const next = nextTab(event.key, current, tabs.length);
    if (next === undefined) return;
    event.preventDefault();
    select(next);
    tabs[next].focus();
  });
  select(0);

  return {
    /** @param {SnippetRequest} request to the first model @param {Chosen[]} models */
    show(request, models) {
      snippets.forEach(({ make }, index) => {
        texts[index].textContent = make(request);
      });
      page.copied.textContent = '';
      page['code-models'].textContent = modelsInWords(models);
      page.code.hidden = false;
    },
  };
}

/** @param {string} key @param {number} current @param {number} count @returns {number | undefined} */
function nextTab(key, current, count) {
  if (key === 'ArrowRight') return (current + 1) % count;
  if (key === 'ArrowLeft') return (current + count - 1) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return undefined;
}

/** @param {Chosen[]} models */
const modelsInWords = ([first, second]) =>
  second ? `This code asks ${first?.name}. For the other answer, set model to ${second.name}.` : '';

/** @param {HTMLElement} source @returns {Promise<string>} what was done */
async function copyText(source) {
  try {
    await navigator.clipboard.writeText(source.textContent ?? '');
    page.copied.textContent = 'Copied.';
    return 'Copied';
  } catch {
    // Over plain http there is no clipboard, except on localhost.
    getSelection()?.selectAllChildren(source);
    page.copied.textContent = 'Selected. Copy it with the keyboard.';
    return 'Selected';
  }
}
