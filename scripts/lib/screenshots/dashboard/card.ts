import { roundPixels, svgText } from '../../plot/svg.ts';

/** Pixels of a column and of a line of CloudWatch's grid. */
const COLUMN = 1000 / 24;
const LINE = 38;
export const PICTURE_WIDTH = 1000;

/** The colours that CloudWatch gives to series, in order. */
const SERIES_COLOURS = [
  '#1f77b4',
  '#ff7f0e',
  '#2ca02c',
  '#d62728',
  '#9467bd',
  '#8c564b',
  '#e377c2',
  '#7f7f7f',
  '#bcbd22',
  '#17becf',
];
export const seriesColour = (index: number): string => SERIES_COLOURS[index % SERIES_COLOURS.length] ?? '';

const FONT_PIXELS = 9.5;
const TITLE_PIXELS = 10.5;
/** Of a table, which often has more columns than its card has room for. */
export const CELL_PIXELS = 8.6;
/** Of an average character, as a share of the size of the font. */
const CHARACTER = 0.6;
const BOLD_CHARACTER = 0.66;
/** Pixels around a card. */
const CARD_GAP = 3;

export const PICTURE_STYLE = `
text{font:${FONT_PIXELS}px "DejaVu Sans",Verdana,sans-serif;fill:#16191f}
.heading{font-size:15px;font-weight:bold}.title{font-size:${TITLE_PIXELS}px;font-weight:bold}.quiet{fill:#545b64}.cell{font-size:${CELL_PIXELS}px}
.link{fill:#0073bb}.note{fill:#687078;font-style:italic}.strong{font-weight:bold}.alarm{fill:#b2300b;stroke:#fff;stroke-width:2.5px;paint-order:stroke}
.ground{fill:#f2f3f3}.card{fill:#fff;stroke:#d5dbdb}.grid{stroke:#eaeded}.axis{stroke:#aab7b8}
.limit{stroke:#d13212;stroke-width:1.2;stroke-dasharray:5 3}.series{fill:none;stroke-width:1.6;stroke-linejoin:round}`;

/** About how wide it is, in pixels. */
export const textWidth = (text: string, fontPixels = FONT_PIXELS): number =>
  text.length * fontPixels * CHARACTER;

/** Cut to a width, so that it does not run into what is beside it. */
export function fitText(text: string, width: number, fontPixels = FONT_PIXELS): string {
  const characters = Math.floor(width / (fontPixels * CHARACTER));
  return text.length <= characters ? text : `${text.slice(0, Math.max(1, characters - 1))}…`;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a widget is in a picture that begins at a line of the grid. */
export const boxOf = ({ x, y, width, height }: Place, firstLine: number): Box => ({
  left: x * COLUMN,
  top: (y - firstLine) * LINE,
  width: width * COLUMN,
  height: height * LINE,
});

/** A white card with a title, in two lines if it is long, and the space inside it. */
export function card(
  box: Box,
  title: string,
): { readonly elements: readonly string[]; readonly inside: Box } {
  const [left, top] = [box.left + CARD_GAP, box.top + CARD_GAP];
  const [width, height] = [box.width - 2 * CARD_GAP, box.height - 2 * CARD_GAP];
  const pixels = [left, top, width, height].map(roundPixels);
  const lines = twoLines(title, width - 18);
  const titleHeight = 13 + 13 * lines.length;
  return {
    elements: [
      `<rect x="${pixels[0]}" y="${pixels[1]}" width="${pixels[2]}" height="${pixels[3]}" rx="3" class="card"/>`,
      ...lines.map((line, index) => svgText(left + 9, top + 17 + 13 * index, line, 'title')),
    ],
    inside: { left: left + 9, top: top + titleHeight, width: width - 18, height: height - titleHeight - 6 },
  };
}

function twoLines(text: string, width: number): readonly string[] {
  const fits = Math.floor(width / (TITLE_PIXELS * BOLD_CHARACTER));
  if (text.length <= fits) return [text];
  const end = text.lastIndexOf(' ', fits);
  const rest = text.slice(end + 1);
  return [text.slice(0, end), rest.length <= fits ? rest : `${rest.slice(0, fits - 1)}…`];
}

/** A sentence in the middle of a card that has nothing to draw. */
export const note = ({ left, top, width, height }: Box, text: string): string =>
  svgText(left + width / 2, top + height / 2 - 4, fitText(text, width), 'note', 'middle');
