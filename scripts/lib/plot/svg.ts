/** Colours of lines and bars on a light and on a dark ground; lines are named at their ends as well. */
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

export const COLOURS = LIGHT.length;

export interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly subtitle: string;
  /** Elements in SVG. */
  readonly content: readonly string[];
}

/** A whole SVG document that follows the reader's light or dark scheme and needs nothing from elsewhere. */
export function svgDocument({ width, height, title, subtitle, content }: Drawing): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(`${title}. ${subtitle}`)}">`,
    `<style>${STYLE.trim()}</style>`,
    `<rect class="ground" width="${width}" height="${height}" rx="6"/>`,
    text(20, 30, title, 'title'),
    text(20, 50, subtitle, 'quiet'),
    ...content,
    '</svg>\n',
  ].join('\n');
}

export function text(
  x: number,
  y: number,
  content: string,
  classes = '',
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  return `<text x="${round(x)}" y="${round(y)}" class="${classes}" text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

export function line(
  from: readonly [number, number],
  to: readonly [number, number],
  classes: string,
): string {
  const [x1, y1, x2, y2] = [...from, ...to].map(round);
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="${classes}"/>`;
}

/** A tenth of a pixel is as exact as it has to be, and keeps the files small and their changes readable. */
export const round = (value: number): number => Math.round(value * 10) / 10;

function escapeXml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
