import { hasCredential } from './credentials.js';
import { page } from './elements.js';
import { wantsHeatMaps } from './heat-controls.js';
import { auth, base } from './settings.js';

/** @import { Chosen } from './models.js' */
/** @import { Options, Source } from './request.js' */
/** @import { SnippetRequest } from '../snippets/request.js' */

/** Classes with a heat map, at most. The service explains no more. */
const MAX_EXPLAINED = 10;

/** @param {Chosen} model @returns {Options} */
export function optionsFor({ parameter, explains }) {
  const topK = page['top-k'].valueAsNumber;
  return {
    topK,
    model: parameter,
    explain: explains && wantsHeatMaps() ? Math.min(MAX_EXPLAINED, topK) : undefined,
  };
}

/** @param {Source} source @param {Chosen} model @returns {SnippetRequest} */
export function snippetRequest(source, model) {
  return {
    kind: source.kind,
    files: source.kind === 'batch' ? source.files : source.kind === 'file' ? [source.file] : [],
    url: source.kind === 'url' ? source.url : undefined,
    download: source.kind === 'file' ? source.download : undefined,
    ...optionsFor(model),
    base,
    auth,
    hasCredential: hasCredential(),
  };
}
