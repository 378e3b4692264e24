import type { MarkdownRenderer } from 'vitepress';
import type { Destination, Links } from '../links.ts';
import type { OriginOf } from './origin.ts';

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/**
 * Turns links between files of the repository into links between pages of the site. A badge, which is a picture from
 * GitHub, is left out: the site asks no other host for anything.
 */
export function linkPages(md: MarkdownRenderer, links: Links, originOf: OriginOf): void {
  md.core.ruler.push('link-pages', ({ tokens, env }) => {
    const from = originOf(env);
    for (const token of tokens) {
      if (token.type === 'inline' && token.children) token.children = rewrite(token.children, from, links);
    }
  });
}

function rewrite(tokens: readonly Token[], from: string, links: Links): Token[] {
  const kept: Token[] = [];
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as Token;
    if (token.type !== 'link_open') {
      if (!isForeignPicture(token, from, links)) kept.push(token);
      continue;
    }
    const end = tokens.findIndex(({ type }, at) => at > index && type === 'link_close');
    const inside = tokens.slice(index + 1, end);
    const content = rewrite(inside, from, links);
    const destination = links.destinationOf(from, token.attrGet('href') ?? '');
    if (destination.kind === 'url') nameByTitle(content, destination.title);
    const hasDestination = setDestination(token, destination);
    if (content.length > 0 || inside.length === 0)
      kept.push(...(hasDestination ? [token, ...content, tokens[end] as Token] : content));
    index = end;
  }
  return kept;
}

function isForeignPicture(token: Token, from: string, links: Links): boolean {
  if (token.type !== 'image') return false;
  const src = token.attrGet('src') ?? '';
  if (/^https?:/.test(src)) throw new Error(`${from}: expected a picture of the repository, got ${src}`);
  return links.leavesRepository(from, src);
}

/** On GitHub a link may say the name of its file. On the site, the page has a title. */
function nameByTitle(content: readonly Token[], title: string | undefined): void {
  const [text, ...others] = content;
  if (title !== undefined && text && others.length === 0 && /^[\w./-]+\.md$/.test(text.content))
    text.content = title;
}

/** @returns false if there is none. */
function setDestination(token: Token, destination: Destination): boolean {
  if (destination.kind === 'url' || destination.kind === 'download') token.attrSet('href', destination.url);
  // VitePress would take a file without an extension for a page.
  if (destination.kind === 'download') token.attrSet('target', '_self');
  return destination.kind !== 'none';
}
