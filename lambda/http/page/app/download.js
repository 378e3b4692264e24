/** Safari reads the address some time after the click. */
const READ_BY_MS = 10_000;

/** @param {string} name of the file @param {string} type @param {string} text */
export function offerDownload(name, type, text) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), READ_BY_MS);
}
