import type { MarkdownRenderer } from 'vitepress';
import { HOME } from '../pages.ts';
import type { OriginOf } from './origin.ts';

/** Leaves out the first heading of the home page: the front of the site, above it, has another. */
export function hideHomeHeading(md: MarkdownRenderer, originOf: OriginOf): void {
  md.core.ruler.push('home-heading', (state) => {
    const isHeading = state.tokens[0]?.type === 'heading_open' && state.tokens[0].tag === 'h1';
    if (isHeading && originOf(state.env) === HOME) state.tokens = state.tokens.slice(3);
  });
}
