/**
 * Shows the class that is pointed at or focused, and otherwise the one that was chosen last: at first, the most
 * probable.
 *
 * @param {HTMLElement} list
 * @param {(rank: number) => void} show
 */
export function showOnDemand(list, show) {
  /** @type {HTMLButtonElement[]} */
  const choices = [...list.querySelectorAll('button')];
  const rankOf = (/** @type {HTMLElement} */ choice) => Number(choice.dataset.rank);
  let chosen = choices[0];
  const back = () => chosen && show(rankOf(chosen));
  const mark = () => {
    for (const choice of choices) choice.ariaPressed = String(choice === chosen);
  };
  for (const choice of choices) {
    choice.addEventListener('pointerenter', () => show(rankOf(choice)));
    choice.addEventListener('focus', () => show(rankOf(choice)));
    choice.addEventListener('pointerleave', back);
    choice.addEventListener('blur', back);
    choice.addEventListener('click', () => {
      chosen = choice;
      mark();
      back();
    });
  }
  mark();
  back();
}
