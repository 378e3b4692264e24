import { answerFacts, headline, predictionItem } from './answer.js';
import { showOnDemand } from './class-choice.js';
import { element, facts, page } from './elements.js';
import { evidenceOf } from './evidence.js';
import { paintHeatMap } from './heat-map.js';
import { placeInWords } from './place.js';
import { problemNodes } from './problem.js';

/** @import { Answer, ImageFacts, Outcome, Region } from './request.js' */
/** @import { Problem } from './problem.js' */

/**
 * A photo, and what one model says of it.
 *
 * @param {string | undefined} title the model's name, if there are several
 */
export function createView(title) {
  const root = page.view.content.firstElementChild.cloneNode(true);
  const find = (/** @type {string} */ selector) => root.querySelector(selector);
  const [picture, photo, seen, canvas] = ['.picture', 'img', '.seen', 'canvas'].map(find);
  const [note, caption, list, answer] = ['.no-picture', 'figcaption', 'ol', '.answer'].map(find);
  let name = '';

  if (title) root.prepend(element('h3', title));
  find('.headline').append(element('p', 'Classifying…', 'busy'));
  photo.addEventListener('load', () => {
    picture.style.setProperty('--width', photo.naturalWidth);
    picture.style.setProperty('--height', photo.naturalHeight);
    photo.alt = `The photo ${name}`;
    photo.hidden = false;
  });
  photo.addEventListener('error', () => {
    photo.hidden = true;
    say('This browser cannot show a preview of this file.');
  });
  const settled = new Promise((resolve) => {
    for (const event of ['load', 'error']) photo.addEventListener(event, resolve);
  });

  function say(/** @type {string} */ text) {
    note.textContent = text;
    note.hidden = false;
  }

  return {
    /** @type {HTMLElement} */
    root,

    /**
     * @param {string} of the name of the photo
     * @param {string} [src] undefined if it is not known yet
     * @returns {Promise<any>} resolves when it is loaded, or cannot be shown
     */
    showPhoto(of, src) {
      name = of;
      caption.textContent = of;
      note.hidden = true;
      if (src?.startsWith('http:')) say('No preview: this page shows pictures from https addresses only.');
      else if (src) photo.src = src;
      return settled;
    },

    sayNoHeatMaps() {
      caption.textContent = 'This model has no heat maps.';
    },

    /** @param {Outcome} outcome */
    show(outcome) {
      answer.ariaBusy = 'false';
      if ('problem' in outcome) this.showProblem(outcome.problem);
      else this.showAnswer(outcome.answer);
    },

    /** @param {Problem} problem */
    showProblem(problem) {
      answer.ariaBusy = 'false';
      find('.headline').replaceChildren();
      find('.problem').replaceChildren(...problemNodes(problem));
    },

    /** @param {Answer} shown */
    showAnswer(shown) {
      const { predictions, explanation, image } = shown;
      const maps = evidenceOf(explanation?.maps ?? []);
      const placeOf = (/** @type {number} */ rank) => {
        const map = maps.get(rank);
        return explanation && map && placeInWords(map, explanation.region, image);
      };
      find('.headline').replaceChildren(...headline(predictions[0]));
      list.replaceChildren(...predictions.map((one) => predictionItem(one, placeOf(one.rank))));
      list.hidden = false;
      // Only a list that scrolls has to be reachable with the keyboard.
      if (list.scrollHeight > list.clientHeight) list.tabIndex = 0;
      find('.facts dl').replaceChildren(...facts(answerFacts(shown)));
      find('.facts').hidden = false;
      if (!explanation) return;
      const most = Math.max(...[...maps.values()].map(({ maximum }) => maximum));
      placeOver(seen, explanation.region, image);
      seen.hidden = false;
      showOnDemand(list, (rank) => {
        const map = maps.get(rank);
        const prediction = predictions.find((one) => one.rank === rank);
        if (!map || !prediction) return;
        paintHeatMap(canvas, map, most);
        caption.textContent = `${prediction.label}: ${placeOf(rank)}`;
      });
    },
  };
}

/**
 * Both are in pixels of the upright photo, which is what browsers show.
 *
 * @param {HTMLElement} frame
 * @param {Region} region
 * @param {ImageFacts} image
 */
function placeOver(frame, region, image) {
  const share = (/** @type {number} */ part, /** @type {number} */ whole) => `${(100 * part) / whole}%`;
  frame.style.left = share(region.left, image.width);
  frame.style.top = share(region.top, image.height);
  frame.style.width = share(region.width, image.width);
  frame.style.height = share(region.height, image.height);
  frame.classList.toggle('part', region.width < image.width || region.height < image.height);
}
