import { cannotSend } from './credentials.js';
import { page } from './elements.js';
import { hideGallery, showGallery } from './gallery.js';
import { requestsFor } from './limits.js';
import { chosenModels } from './models.js';
import { optionsFor, snippetRequest } from './options.js';
import { outcomeBefore, refusal, refuse } from './refusal.js';
import { predict, predictBatch } from './request.js';
import { createView } from './view.js';
import { countInWords, nameOf, outcomeInWords } from './words.js';

/** @import { Chosen } from './models.js' */
/** @import { Item } from './gallery.js' */
/** @import { Outcome, Single, Source } from './request.js' */
/** @import { SnippetRequest } from '../snippets/request.js' */

/**
 * Classifies one source after the other, and shows it.
 *
 * @param {(request: SnippetRequest) => void} showCode
 */
export function createSession(showCode) {
  let inFlight = new AbortController();
  /** @type {Source | undefined} */
  let source;
  /** @type {string[]} the addresses of the photos that are shown */
  let urls = [];

  /** Aborts the request for what was shown before. @param {Source} next */
  async function classify(next) {
    inFlight.abort();
    inFlight = new AbortController();
    const { signal } = inFlight;
    source = next;
    clear();
    const problem = refusal(next);
    if (problem) return refuse(problem);
    page.main.dataset.state = 'shown';
    page['input-heading'].textContent = 'Another photo';
    // Two models are compared on one photo.
    page.compare.disabled = next.kind === 'batch';
    page.status.textContent = `Classifying ${nameOf(next)}…`;
    if (next.kind !== 'batch') showViews(next, [{}]);
    const models = await chosenModels();
    if (signal.aborted) return;
    showCode(snippetRequest(next, models[0]));
    const said =
      next.kind === 'batch'
        ? await showBatch(next.files, models[0], signal)
        : await showOne(next, models, signal);
    if (!signal.aborted) page.status.textContent = said;
  }

  /** @param {Single} one @param {Chosen[]} models @param {AbortSignal} signal */
  async function showOne(one, models, signal) {
    const views = showViews(one, models.length > 1 ? models : [{}]);
    if (cannotSend) {
      views[0]?.showProblem(cannotSend);
      return outcomeInWords({ problem: cannotSend });
    }
    const said = await Promise.all(
      models.map(async (model, index) => {
        const outcome = await predict(one, optionsFor(model), signal);
        if (signal.aborted) return '';
        views[index]?.show(outcome);
        // The browser opens the URL only after the service has found an image at it, and that it is public.
        if (one.kind === 'url' && 'answer' in outcome) views[index]?.showPhoto(one.url, one.url);
        showHeatControls(outcome);
        return outcomeInWords(outcome, models.length > 1 ? model.name : undefined);
      }),
    );
    return said.join(' ');
  }

  /** @param {File[]} files @param {Chosen} model @param {AbortSignal} signal */
  async function showBatch(files, model, signal) {
    /** @type {Item[]} */
    const items = files.map((file) => ({ file, url: addressOf(file), outcome: outcomeBefore(file) }));
    const open = items.filter(({ outcome }) => !outcome);
    showGallery(items, showItem);
    let done = 0;
    for (const request of requestsFor(open.map(({ file }) => file))) {
      const found = await predictBatch(request, optionsFor(model), signal);
      if (signal.aborted) return '';
      for (const outcome of found) {
        const item = open[done];
        if (item) item.outcome = outcome;
        done += 1;
      }
      page.status.textContent = `Classified ${done} of ${open.length} photos.`;
      showGallery(items, showItem);
    }
    const first = items.findIndex(({ outcome }) => outcome && 'answer' in outcome);
    showGallery(items, showItem).choose(Math.max(first, 0));
    return countInWords(items);
  }

  /** @param {Item} item */
  function showItem({ file, url, outcome }) {
    const view = createView(undefined);
    page.views.replaceChildren(view.root);
    view.showPhoto(file.name, url);
    if (!outcome) return;
    view.show(outcome);
    showHeatControls(outcome);
  }

  /** @param {Single} one @param {Partial<Chosen>[]} models */
  function showViews(one, models) {
    const views = models.map(({ name }) => createView(name));
    page.views.replaceChildren(...views.map(({ root }) => root));
    for (const view of views)
      view.showPhoto(nameOf(one), one.kind === 'file' ? addressOf(one.file) : undefined);
    page.stage.scrollIntoView({ block: 'nearest' });
    return views;
  }

  /** @param {File} file */
  function addressOf(file) {
    const url = URL.createObjectURL(file);
    urls.push(url);
    return url;
  }

  function clear() {
    for (const url of urls) URL.revokeObjectURL(url);
    urls = [];
    page.alert.replaceChildren();
    page.views.replaceChildren();
    hideGallery();
    page.heat.hidden = true;
    page.code.hidden = true;
    page.main.dataset.state = 'empty';
  }

  return {
    classify,
    /** Classifies the same again, with the options that are now set. */
    again() {
      if (source) classify(source);
    },
  };
}

/** @param {Outcome} outcome */
function showHeatControls(outcome) {
  if ('answer' in outcome && outcome.answer.explanation) page.heat.hidden = false;
}
