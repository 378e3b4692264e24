/**
 * Colours of lines and bars on a light and on a dark background. Lines also have their names at their ends.
 */
const LIGHT = ['#0969da', '#bc4c00', '#bf3989', '#1a7f37', '#8250df', '#6e7781', '#54aeff'];
const DARK = ['#58a6ff', '#f0883e', '#f778ba', '#3fb950', '#bc8cff', '#9198a1', '#388bfd'];

const colours = (palette: readonly string[]) =>
  palette.map((colour, index) => `.c${index}{stroke:${colour};fill:${colour}}`).join('');

const STYLE = `
text{font:13px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#1f2328;stroke:none}
.title{font-size:16px;font-weight:600}.quiet{fill:#59636e}.strong{font-weight:600}
.ground{fill:#fff}.grid{stroke:#d1d9e0}.mark{stroke:#1f2328;stroke-width:2}
polyline{fill:none!important;stroke-width:2;stroke-linejoin:round}.strong-line{stroke-width:4}rect{stroke:none!important}
${colours(LIGHT)}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}.ground{fill:#0d1117}.grid{stroke:#3d444d}
.mark{stroke:#f0f6fc}${colours(DARK)}}`;

/** The number of colours; `c0` and so on are their classes. */
export const COLOURS = LIGHT.length;
/** An attribute that dashes a line. */
export const DASHED = ' stroke-dasharray="6 4"';

export interface Panel {
  readonly height: number;
  readonly title: string;
  readonly subtitle: string;
  /** SVG elements, with the origin at the top left of the panel. */
  readonly content: readonly string[];
}

/**
 * A whole SVG document with panels one below the other. It follows the reader's light or dark scheme and
 * loads nothing. The same panels give the same text.
 */
export function svgDocument(width: number, panels: readonly Panel[]): string {
  const height = panels.reduce((sum, panel) => sum + panel.height, 0);
  const label = panels.map(({ title, subtitle }) => `${title}. ${subtitle}`).join(' ');
  let top = 0;
  const drawn = panels.flatMap((panel) => {
    const elements = [
      svgText(20, 30, panel.title, 'title'),
      svgText(20, 50, panel.subtitle, 'quiet'),
      ...panel.content,
    ];
    const shifted = top === 0 ? elements : [`<g transform="translate(0 ${top})">`, ...elements, '</g>'];
    top += panel.height;
    return shifted;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(label)}">`,
    `<style>${STYLE.trim()}</style>`,
    `<rect class="ground" width="${width}" height="${height}" rx="6"/>`,
    ...drawn,
    '</svg>\n',
  ].join('\n');
}

export function svgText(
  x: number,
  y: number,
  content: string,
  classes = '',
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  return `<text x="${roundPixels(x)}" y="${roundPixels(y)}" class="${classes}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

export function svgLine(
  from: readonly [number, number],
  to: readonly [number, number],
  classes: string,
  attributes = '',
): string {
  const [x1, y1, x2, y2] = [...from, ...to].map(roundPixels);
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="${classes}"${attributes}/>`;
}

/** To a tenth of a pixel, which keeps the files small and their diffs readable. */
export const roundPixels = (value: number): number => Math.round(value * 10) / 10;

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
