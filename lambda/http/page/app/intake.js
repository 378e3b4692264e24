import { page } from './elements.js';
import { limitsInWords } from './limits.js';
import { filesSource, transferred } from './transfer.js';

/** @import { Source } from './request.js' */

/**
 * All ways in which a photo gets here.
 *
 * @param {(source: Source) => void} take
 */
export function listenForPhotos(take) {
  page.limits.textContent = limitsInWords();

  // `capture` opens the camera of a phone: the system asks for it and shows it, so the page needs no permission of
  // its own, and no Permissions-Policy. Other devices ignore it, so the style sheet shows its button on phones only.
  for (const input of [page.file, page.camera]) {
    input.addEventListener('change', () => {
      const source = filesSource([...input.files]);
      // Without this, choosing the same file again would not be a change.
      input.value = '';
      if (source) accept(source);
    });
  }

  page['url-form'].addEventListener('submit', (/** @type {Event} */ event) => {
    event.preventDefault();
    take({ kind: 'url', url: page.url.value });
  });

  document.addEventListener('paste', (event) => {
    const data = event.clipboardData;
    if (!data) return;
    const intoField =
      event.target instanceof HTMLInputElement &&
      !['file', 'checkbox', 'radio', 'range'].includes(event.target.type);
    if (intoField && data.files.length === 0) return;
    event.preventDefault();
    accept(transferred(data));
  });

  // Otherwise a file that is dropped outside the zone would replace the page.
  document.addEventListener('dragover', (event) => {
    event.preventDefault();
    document.body.classList.add('dragging');
  });
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) document.body.classList.remove('dragging');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    document.body.classList.remove('dragging');
    if (event.dataTransfer) accept(transferred(event.dataTransfer));
  });

  /** @param {Source | undefined} source */
  function accept(source) {
    if (!source) {
      page.status.textContent = 'Expected an image or the URL of one.';
      return;
    }
    page.url.value = source.kind === 'url' ? source.url : '';
    if (source.kind === 'url') page['url-form'].requestSubmit();
    else take(source);
  }
}
