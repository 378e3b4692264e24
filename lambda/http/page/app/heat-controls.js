import { page } from './elements.js';

/** One switch and one strength for the heat maps of all photos that are shown. */
export function listenToHeatControls() {
  const follow = () => {
    page.stage.classList.toggle('no-heat', !page['heat-on'].checked);
    page.strength.disabled = !page['heat-on'].checked;
    page.stage.style.setProperty('--strength', String(page.strength.valueAsNumber / 100));
  };
  page.heat.addEventListener('input', follow);
  follow();
}
