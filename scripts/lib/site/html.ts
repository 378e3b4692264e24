/** What is checked of an HTML page. */
export interface PageLinks {
  readonly ids: ReadonlySet<string>;
  /** Where links lead. */
  readonly links: readonly string[];
  /** What a browser loads to show the page. */
  readonly resources: readonly string[];
}

/** A tag that begins an element. A quoted value may hold `>`. */
const TAG = /<([a-z][\w-]*)((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*\/?>/g;
const ATTRIBUTE = /([^\s=>"]+)(?:="([^"]*)")?/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', quot: '"', lt: '<', gt: '>', '#39': "'" };

/** Reads HTML as Vue writes it: small letters, double quotes. */
export function readPageLinks(html: string): PageLinks {
  const ids = new Set<string>();
  const links: string[] = [];
  const resources: string[] = [];
  const markup = html.replace(/(<(script|style)\b[^>]*>)[\s\S]*?<\/\2>/g, '$1');
  for (const [, name = '', text = ''] of markup.matchAll(TAG)) {
    const { id, href, src, rel } = attributesOf(text);
    if (id !== undefined) ids.add(id);
    if (name === 'a' && href !== undefined) links.push(href);
    if (name === 'link' && href !== undefined && rel !== 'canonical') resources.push(href);
    if (src !== undefined) resources.push(src);
  }
  return { ids, links, resources };
}

function attributesOf(text: string): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(
    [...text.matchAll(ATTRIBUTE)].map(([, name = '', value = '']) => [
      name,
      value.replace(/&(\w+|#39);/g, (whole, entity: string) => ENTITIES[entity] ?? whole),
    ]),
  );
}
