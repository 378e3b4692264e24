import { page } from './elements.js';

/** @import { Outcome } from './request.js' */
/** @import { Chosen } from './models.js' */

/**
 * One switch and one strength for the heat maps of all photos that are shown.
 *
 * @param {() => void} onSwitch is called when they are switched on or off
 */
export function listenToHeatControls(onSwitch) {
  const follow = () => {
    page.stage.classList.toggle('no-heat', !wantsHeatMaps());
    page.strength.disabled = !wantsHeatMaps();
    page.stage.style.setProperty('--strength', String(page.strength.valueAsNumber / 100));
  };
  page.heat.addEventListener('input', follow);
  page['heat-on'].addEventListener('change', onSwitch);
  follow();
}

/** @returns {boolean} */
export const wantsHeatMaps = () => page['heat-on'].checked;

export function hideHeatControls() {
  page.heat.hidden = true;
}

/**
 * Shows the controls if this answer has heat maps, or would have them if they were on.
 *
 * @param {Outcome} outcome
 * @param {Chosen} model
 */
export function showHeatControls(outcome, model) {
  if (!('answer' in outcome) || !model.explains) return;
  const { predictions, explanation } = outcome.answer;
  const count = explanation?.maps.length ?? predictions.length;
  page['heat-choice'].textContent =
    count < predictions.length ? `Choose one of the first ${count} classes` : 'Choose a class';
  page.heat.hidden = false;
}
