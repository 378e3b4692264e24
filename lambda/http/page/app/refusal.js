import { cannotSend } from './credentials.js';
import { page } from './elements.js';
import { tooLarge, tooMany } from './limits.js';
import { problemNodes } from './problem.js';
import { outcomeInWords } from './words.js';

/** @import { Outcome, Source } from './request.js' */
/** @import { Problem } from './problem.js' */

/** @param {Source} source @returns {Problem | undefined} why it is not sent */
export function refusal(source) {
  if (!page['top-k'].validity.valid) {
    page.options.open = true;
    return { title: 'Number of classes', detail: 'Expected a whole number from 1 to 1000.' };
  }
  if (source.kind === 'batch') return tooMany(source.files);
  return source.kind === 'file' ? tooLarge(source.file) : undefined;
}

/** Says beside the choice of photos why nothing is shown. @param {Problem} problem */
export function refuse(problem) {
  page.alert.replaceChildren(...problemNodes(problem));
  page.alert.scrollIntoView({ block: 'nearest' });
  page.status.textContent = outcomeInWords({ problem });
}

/** @param {File} file @returns {Outcome | undefined} what is known without a request */
export function outcomeBefore(file) {
  const problem = cannotSend ?? tooLarge(file);
  return problem && { problem };
}
