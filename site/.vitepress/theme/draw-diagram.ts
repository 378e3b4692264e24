import mermaidUrl from '@mermaid-js/tiny/dist/mermaid.tiny.js?url';

/** What is used of Mermaid. */
interface Mermaid {
  initialize(settings: Readonly<Record<string, unknown>>): void;
  render(id: string, code: string): Promise<{ readonly svg: string }>;
}

let loading: Promise<Mermaid> | undefined;
let last: Promise<unknown> = Promise.resolve();

/**
 * Draws a diagram. The first one loads Mermaid, which is large.
 *
 * @param id an id that no other element of the page has.
 * @param code in Mermaid's language.
 * @returns the SVG.
 */
export function drawDiagram(id: string, code: string, isDark: boolean): Promise<string> {
  // Mermaid has one configuration for all, so diagrams are drawn one after another.
  const drawn = last.then(async () => {
    loading ??= loadMermaid();
    const mermaid = await loading;
    mermaid.initialize({
      startOnLoad: false,
      theme: isDark ? 'dark' : 'neutral',
      themeVariables: isDark ? { edgeLabelBackground: '#32363f' } : {},
      fontFamily: 'inherit',
      securityLevel: 'strict',
    });
    const { svg } = await mermaid.render(id, code);
    return withReadableSize(svg);
  });
  last = drawn.catch(() => {});
  return drawn;
}

/** Labels have 16 px in the size of the `viewBox`. Narrow pages shrink them to 12 px, and then scroll. */
const SMALLEST_SCALE = 0.75;

function withReadableSize(svg: string): string {
  const [, width] = /viewBox="\S+ \S+ ([\d.]+)/.exec(svg) ?? [];
  return svg.replace(/style="/, `style="min-width: ${Math.round(SMALLEST_SCALE * Number(width))}px; `);
}

/** The package is a script that sets a global variable. It is not bundled: that takes long, and changes nothing. */
function loadMermaid(): Promise<Mermaid> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = mermaidUrl;
    script.onload = () => resolve((globalThis as unknown as { mermaid: Mermaid }).mermaid);
    script.onerror = () => reject(new Error('The script that draws diagrams could not be loaded'));
    document.head.append(script);
  });
}
