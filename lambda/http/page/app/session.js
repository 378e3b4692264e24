import { cannotSend } from './credentials.js';
import { page } from './elements.js';
import { hideGallery, showGallery } from './gallery.js';
import { hideHeatControls, showHeatControls, wantsHeatMaps } from './heat-controls.js';
import { showItem } from './item.js';
import { requestsFor } from './limits.js';
import { chosenModels } from './models.js';
import { optionsFor, snippetRequest } from './options.js';
import { createPhotoUrls } from './photo-urls.js';
import { outcomeBefore, refusal, refuse } from './refusal.js';
import { predict, predictBatch } from './request.js';
import { focusResult, reveal } from './result.js';
import { createView } from './view.js';
import { countInWords, nameOf, outcomeInWords } from './words.js';

/** @import { Chosen, ChosenModels } from './models.js' */
/** @import { Item } from './gallery.js' */
/** @import { Single, Source } from './request.js' */
/** @import { SnippetRequest } from '../snippets/request.js' */

/**
 * Classifies one source after the other, and shows it.
 *
 * @param {(request: SnippetRequest, models: Chosen[]) => void} showCode
 */
export function createSession(showCode) {
  let inFlight = new AbortController();
  /** @type {Source | undefined} */
  let source;
  /** @type {{ models: ChosenModels, withHeatMaps: boolean } | undefined} how the source was sent */
  let sent;
  const urls = createPhotoUrls();

  /** Aborts the request for what was shown before. @param {Source} next */
  async function classify(next) {
    inFlight.abort();
    inFlight = new AbortController();
    const { signal } = inFlight;
    source = next;
    sent = undefined;
    clear();
    const problem = refusal(next);
    if (problem) return refuse(problem);
    page.main.dataset.state = 'shown';
    page['input-heading'].textContent = 'Another photo';
    // Two models are compared on one photo.
    page.compare.disabled = page.other.disabled = next.kind === 'batch';
    page.status.textContent = `Classifying ${nameOf(next)}…`;
    if (next.kind !== 'batch') showViews(next, [{}]);
    const models = await chosenModels();
    if (signal.aborted) return;
    sent = { models, withHeatMaps: wantsHeatMaps() };
    showCode(snippetRequest(next, models[0]), models);
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
        // The browser opens the URL only after the service has found an image at it, and that it is public.
        if (one.kind === 'url' && 'answer' in outcome) views[index]?.showPhoto(one.url, one.url);
        // A bare photo needs a word if the photo beside it has a heat map.
        if (!model.explains && models.some(({ explains }) => explains)) views[index]?.sayNoHeatMaps();
        views[index]?.show(outcome);
        showHeatControls(outcome, model);
        return outcomeInWords(outcome, models.length > 1 ? model.name : undefined);
      }),
    );
    return said.join(' ');
  }

  /** @param {File[]} files @param {Chosen} model @param {AbortSignal} signal */
  async function showBatch(files, model, signal) {
    /** @type {Item[]} */
    const items = files.map((file) => ({ file, url: urls.of(file), outcome: outcomeBefore(file) }));
    const open = items.filter(({ outcome }) => !outcome);
    const options = optionsFor(model);
    showGallery(items, choose);
    reveal(page.stage);
    let done = 0;
    for (const request of requestsFor(open.map(({ file }) => file))) {
      const found = await predictBatch(request, options, signal);
      if (signal.aborted) return '';
      for (const outcome of found) {
        const item = open[done];
        if (item) item.outcome = outcome;
        done += 1;
      }
      page.status.textContent = `Classified ${done} of ${open.length} photos.`;
      showGallery(items, choose);
    }
    const first = items.findIndex(({ outcome }) => outcome && 'answer' in outcome);
    const shown = items[Math.max(first, 0)];
    showGallery(items, choose).mark(Math.max(first, 0));
    if (shown) showItem(shown, model);
    return countInWords(items);

    /** @param {Item} item */
    async function choose(item) {
      await showItem(item, model);
      if (!signal.aborted) reveal(page.views);
    }
  }

  /** @param {Single} one @param {Partial<Chosen>[]} models */
  function showViews(one, models) {
    const views = models.map(({ name }) => createView(name));
    page.views.replaceChildren(...views.map(({ root }) => root));
    for (const view of views)
      view.showPhoto(nameOf(one), one.kind === 'file' ? urls.of(one.file) : undefined);
    reveal(page.stage);
    return views;
  }

  function clear() {
    urls.release();
    page.alert.replaceChildren();
    page.views.replaceChildren();
    hideGallery();
    hideHeatControls();
    page.code.hidden = true;
    page.main.dataset.state = 'empty';
  }

  /** Classifies the same again, with the options that are now set. */
  function again() {
    if (source) classify(source);
  }

  return {
    /** @param {Source} next */
    take(next) {
      classify(next);
      focusResult();
    },
    again,
    /** Without heat maps the request is another, but not its answer. */
    heatMapsSwitched() {
      if (!source || !sent) return;
      if (wantsHeatMaps() && !sent.withHeatMaps) again();
      else showCode(snippetRequest(source, sent.models[0]), sent.models);
    },
  };
}
