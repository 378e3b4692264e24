import { element, page } from './elements.js';
import { percent } from './format.js';
import { best, modelCard } from './model-card.js';

/** Facts that take longer are shown later, or not at all: a photo must not wait for them. */
const PATIENCE_MS = 5000;

/**
 * What the page knows of a model: its manifest, as `GET /models/{name}` shows it.
 *
 * @typedef {object} Manifest
 * @property {string} name
 * @property {string} version
 * @property {string} description
 * @property {string} licence
 * @property {string} precision
 * @property {{ source: string }} provenance
 * @property {{ dataset: string, images: number, top1: number, top5: number, precision: string }[]} accuracy
 * @property {object} [activationMaps] if it can show where it sees a class
 */

/**
 * A model to ask.
 *
 * @typedef {object} Chosen
 * @property {string | undefined} name undefined if the service did not list its models
 * @property {string | undefined} parameter what a request names; undefined for the default model
 * @property {boolean} explains
 */

/** @typedef {[Chosen] | [Chosen, Chosen]} ChosenModels */

/** @type {string[]} */
let names = [];
/** @type {Map<string, Manifest>} */
const manifests = new Map();
/** @type {Promise<void> | undefined} */
let loading;

/** Shows the models of the service. Without an answer, the page works with the default model. */
export function loadModels() {
  loading ??= load().finally(() => {
    // The next photo asks again.
    if (names.length === 0) loading = undefined;
  });
  return loading;
}

async function load() {
  const listed = /** @type {{ models: { name: string }[] } | undefined} */ (await get('models'));
  names = listed?.models.map(({ name }) => name) ?? [];
  showChoices();
  await loadManifests();
}

async function loadManifests() {
  const missing = names.filter((name) => !manifests.has(name));
  const found = await Promise.all(missing.map((name) => get(`models/${encodeURIComponent(name)}`)));
  missing.forEach((name, index) => {
    if (found[index]) manifests.set(name, found[index]);
  });
  if (found.some(Boolean)) showFacts();
}

/** @param {string} path @returns {Promise<any>} undefined if the service does not answer */
async function get(path) {
  try {
    const response = await fetch(path, { signal: AbortSignal.timeout(PATIENCE_MS) });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}

/** @returns {Promise<ChosenModels>} the chosen model, and the one to compare it with */
export async function chosenModels() {
  await loadModels();
  // A model that was still loading has its facts by now.
  await loadManifests();
  const first = chosenName();
  if (!page.compare.checked || page.compare.disabled || names.length < 2) return [chosen(first)];
  return [chosen(first), chosen(page.other.value)];
}

/** @param {string | undefined} name @returns {Chosen} */
const chosen = (name) => ({
  name,
  parameter: name === names[0] ? undefined : name,
  explains: name !== undefined && manifests.get(name)?.activationMaps !== undefined,
});

/** @returns {string | undefined} */
const chosenName = () => page.choices.querySelector(':checked')?.value ?? names[0];

/** @param {() => void} onChange is called if another model was chosen */
export function listenToModels(onChange) {
  page.models.addEventListener('submit', (/** @type {Event} */ event) => event.preventDefault());
  page.models.addEventListener('change', (/** @type {Event} */ event) => {
    if (event.target === page.other) page.compare.checked = true;
    showOthers();
    if (event.target !== page.other || page.compare.checked) onChange();
  });
}

function showChoices() {
  if (names.length < 2) return;
  page.choices.replaceChildren(
    ...names.map((name, index) => {
      const radio = element('input');
      Object.assign(radio, {
        type: 'radio',
        name: 'model',
        value: name,
        checked: index === 0,
        autocomplete: 'off',
      });
      return element('label', [radio, element('span', name), element('small')]);
    }),
  );
  showOthers();
  page.models.hidden = false;
}

/** The models that the chosen one can be compared with. */
function showOthers() {
  const others = names.filter((name) => name !== chosenName());
  const wanted = page.other.value;
  page.other.replaceChildren(...others.map((name) => element('option', name)));
  if (others.includes(wanted)) page.other.value = wanted;
  page.other.hidden = others.length < 2;
  page.comparison.querySelector('span').textContent = `Compare with ${others.length < 2 ? others[0] : ''}`;
}

function showFacts() {
  for (const label of page.choices.querySelectorAll('label')) {
    const measured = best(manifests.get(label.querySelector('input').value));
    if (measured) label.querySelector('small').textContent = `first guess right: ${percent(measured.top1)}`;
  }
  const known = names.flatMap((name) => manifests.get(name) ?? []);
  page.about.querySelector('summary').textContent = known.length > 1 ? 'About the models' : 'About the model';
  const datasets = new Set(known.map((manifest) => best(manifest)?.dataset));
  page.measured.hidden = datasets.size < 2;
  const caution = element(
    'p',
    'Compare these numbers with care: they were measured on different photos.',
    'hint',
  );
  page.about
    .querySelector('div')
    .replaceChildren(...(datasets.size > 1 ? [caution] : []), ...known.map(modelCard));
  page.about.hidden = known.length === 0;
}
