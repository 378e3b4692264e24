import { button, element, page } from './elements.js';

/** @import { Source } from './request.js' */

/** In the order of the thumbnails, which are beside each other in one picture. */
const EXAMPLES = [
  { file: 'cat.jpg', title: 'Cat', source: 'Stéfan van der Walt, CC0' },
  { file: 'photographer.jpg', title: 'Photographer', source: 'Lav Varshney, CC0' },
  { file: 'alps.jpg', title: 'Mountains', source: 'Adolphe Braun, about 1870, Getty Open Content' },
  { file: 'rocket.jpg', title: 'Rocket', source: 'SpaceX, public domain' },
  { file: 'astronaut.jpg', title: 'Astronaut', source: 'NASA, public domain' },
];

/** @param {(source: Source) => void} take */
export function showExamples(take) {
  const [buttons, sources] = page.examples.querySelectorAll('ul');
  buttons.append(
    ...EXAMPLES.map(({ file, title, source }, index) => {
      const thumbnail = element('span', '', 'thumbnail');
      thumbnail.style.setProperty('--position', String(index / (EXAMPLES.length - 1)));
      const choice = button('', 'example');
      choice.append(thumbnail, element('span', title));
      choice.title = `Photo: ${source}`;
      choice.addEventListener('click', async () => {
        page.url.value = '';
        try {
          take({ kind: 'file', file: await load(file) });
        } catch {
          page.status.textContent = 'The example could not be loaded.';
        }
      });
      return element('li', [choice]);
    }),
  );
  sources.append(...EXAMPLES.map(({ title, source }) => element('li', `${title}: ${source}`)));
}

/** @param {string} name */
async function load(name) {
  const response = await fetch(`examples/${name}`);
  return new File([await response.blob()], name, { type: 'image/jpeg' });
}
