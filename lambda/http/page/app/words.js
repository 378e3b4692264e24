import { counted, percent } from './format.js';
import { lowConfidenceBelow } from './settings.js';

/** @import { Outcome, Source } from './request.js' */

/** @param {Source} source */
export function nameOf(source) {
  if (source.kind === 'url') return source.url;
  return source.kind === 'file' ? source.file.name || 'the photo' : `${source.files.length} photos`;
}

/**
 * What screen readers say when an answer arrives.
 *
 * @param {Outcome} outcome
 * @param {string} [model] its name, if there are several
 */
export function outcomeInWords(outcome, model) {
  const from = model ? `${model}: ` : '';
  if ('problem' in outcome) return `${from}The photo was not classified.`;
  const [top] = outcome.answer.predictions;
  if (!top) return `${from}No predictions.`;
  const doubt = top.probability < lowConfidenceBelow ? 'Not sure. ' : '';
  return `${from}${doubt}Top prediction: ${top.label}, ${percent(top.probability)}`;
}

/** @param {readonly { outcome: Outcome | undefined }[]} items */
export function countInWords(items) {
  const classified = items.filter(({ outcome }) => outcome && 'answer' in outcome).length;
  return `${classified} of ${counted(items.length, 'photo')} classified.`;
}
