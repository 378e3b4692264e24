import { ref } from 'vue';

const KEY = 'docs-tab';

/** The label of the tab that the reader chose last, on any page. All tabs of a page follow it. */
export const chosenTab = ref<string>();

export function restoreChosenTab(): void {
  try {
    chosenTab.value ??= localStorage.getItem(KEY) ?? undefined;
  } catch {
    // The browser keeps nothing for this site.
  }
}

export function chooseTab(label: string): void {
  chosenTab.value = label;
  try {
    localStorage.setItem(KEY, label);
  } catch {
    // As above: the choice holds until the page is left.
  }
}
