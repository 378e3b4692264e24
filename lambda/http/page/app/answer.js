import { button, element } from './elements.js';
import { megabytes, ms, percent } from './format.js';
import { lowConfidenceBelow } from './settings.js';

/** @import { Answer, Prediction } from './request.js' */

/**
 * The one thing to read. Below the threshold it says that the model is not sure, and what that means.
 *
 * @param {Prediction | undefined} top
 * @returns {Node[]}
 */
export function headline(top) {
  if (!top) return [element('p', 'No predictions', 'label')];
  const share = percent(top.probability);
  if (top.probability >= lowConfidenceBelow)
    return [element('p', top.label, 'label'), element('p', [element('strong', share), ' probable'], 'best')];
  return [
    element('p', 'Not sure', 'label'),
    element('p', ['Best guess: ', element('strong', top.label), `, ${share}`], 'best'),
    element(
      'p',
      `Below ${Math.round(100 * lowConfidenceBelow)}\u00a0% the first class is often wrong. In a test of ResNet-50 with ` +
        '200 photos, 25\u00a0% of such guesses were right, and 71\u00a0% of the others.',
      'hint',
    ),
  ];
}

/**
 * Screen readers say "1. Egyptian cat, 87.3 %". The bar shows the same.
 *
 * @param {Prediction} prediction
 * @param {string | undefined} place where the evidence is strongest; undefined if there is no map
 * @returns {HTMLLIElement} with a button if it has a map to show
 */
export function predictionItem({ rank, label, probability }, place) {
  const bar = element('span', '', 'bar');
  bar.style.setProperty('--share', String(probability));
  const track = element('span', [bar], 'track');
  track.ariaHidden = 'true';
  const row = [
    element('span', `${rank}.`, 'rank'),
    ' ',
    element('span', [label, element('span', ',', 'comma')], 'name'),
    ' ',
    element(
      'span',
      [percent(probability), ...(place ? [element('span', `, ${place}`, 'comma')] : [])],
      'share',
    ),
    track,
  ];
  if (!place) return element('li', [element('div', row, 'class')]);
  const choice = button('', 'class');
  choice.append(...row);
  choice.dataset.rank = String(rank);
  return element('li', [choice]);
}

/** @param {Answer} answer */
export const answerFacts = ({ timing_ms: timing, image, model, request_id: requestId, roundTripMs }) =>
  /** @type {const} */ ([
    ['Decode', ms(timing.decode)],
    ['Inference', ms(timing.inference)],
    ['Total', ms(timing.total)],
    ['Round trip', ms(roundTripMs)],
    ['Format', image.format.toUpperCase()],
    ['Pixels', `${image.width} × ${image.height}`],
    ['Size', megabytes(image.bytes)],
    ['Model', `${model.name} ${model.version}`, 'wide'],
    ['Request id', requestId, 'wide code'],
  ]);
