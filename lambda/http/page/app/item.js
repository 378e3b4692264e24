import { page } from './elements.js';
import { hideHeatControls, showHeatControls } from './heat-controls.js';
import { createView } from './view.js';

/** @import { Chosen } from './models.js' */
/** @import { Item } from './gallery.js' */

/**
 * Shows one photo of the gallery large.
 *
 * @param {Item} item
 * @param {Chosen} model that answered
 * @returns {Promise<void>} resolves when the photo has its size
 */
export function showItem({ file, url, outcome }, model) {
  const view = createView(undefined);
  page.views.replaceChildren(view.root);
  hideHeatControls();
  const shown = view.showPhoto(file.name, url);
  if (outcome) {
    view.show(outcome);
    showHeatControls(outcome, model);
  }
  return shown;
}
