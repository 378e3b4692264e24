import { readPages } from '../lib/pages.ts';
import { sourcePages } from '../lib/source-pages.ts';
import { readSources } from '../lib/sources.ts';

/** A page for each source that pages link. */
export default {
  paths: () => {
    const pages = readPages();
    return sourcePages(readSources(pages), pages);
  },
};
