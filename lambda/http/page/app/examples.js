import { button, element, page } from './elements.js';
import { problemNodes } from './problem.js';
import { base } from './settings.js';

/** @import { Source } from './request.js' */

/** In the order of the thumbnails, which are beside each other in one picture. */
const EXAMPLES = [
  { file: 'cat.jpg', title: 'Cat', source: 'Stéfan van der Walt, CC0' },
  { file: 'photographer.jpg', title: 'Photographer', source: 'Lav Varshney, CC0' },
  { file: 'alps.jpg', title: 'Mountains', source: 'Adolphe Braun, about 1870, Getty Open Content' },
  { file: 'rocket.jpg', title: 'Rocket', source: 'SpaceX, public domain' },
  { file: 'astronaut.jpg', title: 'Astronaut', source: 'NASA, public domain' },
];

const NOT_LOADED = {
  title: 'The example could not be loaded',
  detail: 'Check that the service is running and reachable, then try again.',
};

/** @param {(source: Source) => void} take */
export function showExamples(take) {
  let loading = new AbortController();

  /** Loads one instead of the one that was chosen before. @param {typeof EXAMPLES[number]} example */
  async function choose({ file, title }) {
    loading.abort();
    loading = new AbortController();
    const { signal } = loading;
    page.url.value = '';
    page.status.textContent = `Loading ${title}…`;
    try {
      take({ kind: 'file', file: await load(file, signal), download: `${base}examples/${file}` });
    } catch {
      if (!signal.aborted) page.alert.replaceChildren(...problemNodes(NOT_LOADED));
    }
  }

  const [buttons, sources] = page.examples.querySelectorAll('ul');
  buttons.append(
    ...EXAMPLES.map((example, index) => {
      const thumbnail = element('span', '', 'thumbnail');
      thumbnail.style.setProperty('--position', String(index / (EXAMPLES.length - 1)));
      const choice = button('', 'example');
      choice.append(thumbnail, element('span', example.title));
      choice.title = `Photo: ${example.source}`;
      choice.addEventListener('click', () => choose(example));
      return element('li', [choice]);
    }),
  );
  sources.append(...EXAMPLES.map(({ title, source }) => element('li', `${title}: ${source}`)));
}

/** @param {string} name @param {AbortSignal} signal */
async function load(name, signal) {
  const response = await fetch(`examples/${name}`, { signal });
  if (!response.ok) throw new Error(`${name}: expected the photo, got HTTP ${response.status}`);
  return new File([await response.blob()], name, { type: 'image/jpeg' });
}
