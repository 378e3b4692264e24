/** @import { Source } from './request.js' */

/**
 * What was dropped or pasted. Files are preferred to the text that often comes with them.
 *
 * @param {DataTransfer} data
 * @returns {Source | undefined}
 */
export function transferred(data) {
  const files = [...data.files];
  const photos = files.filter(({ type }) => type.startsWith('image/'));
  const source = filesSource(photos.length > 0 ? photos : files);
  if (source) return source;
  const text = (data.getData('text/uri-list') || data.getData('text/plain')).trim();
  return /^https?:\/\/\S+$/i.test(text) ? { kind: 'url', url: text } : undefined;
}

/** @param {File[]} files @returns {Source | undefined} undefined without files */
export function filesSource(files) {
  const [file] = files;
  if (!file) return undefined;
  return files.length > 1 ? { kind: 'batch', files } : { kind: 'file', file };
}
