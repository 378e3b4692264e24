const u16 = (...values: readonly number[]): Buffer => Buffer.from(Uint16Array.from(values).buffer).swap16();
const u32 = (...values: readonly number[]): Buffer => Buffer.from(Uint32Array.from(values).buffer).swap32();

function box(type: string, ...data: readonly Buffer[]): Buffer {
  const content = Buffer.concat(data);
  return Buffer.concat([u32(content.length + 8), Buffer.from(type, 'latin1'), content]);
}

/** A box with a version but no flags (ISO/IEC 14496-12, 4.2). */
const fullBox = (type: string, version: number, ...data: readonly Buffer[]): Buffer =>
  box(type, Buffer.from([version, 0, 0, 0]), ...data);

function boxOf(avif: Buffer, type: string): Buffer {
  const at = avif.indexOf(type, 0, 'latin1') - 4;
  return avif.subarray(at, at + avif.readUInt32BE(at));
}

export interface AvifGrid {
  /** Width and height of a tile. */
  readonly width: number;
  readonly height: number;
  readonly columns: number;
  readonly rows: number;
  /** How often the data of the tile is repeated in its item. */
  readonly frames?: number;
  /** Bytes before the data. */
  readonly before?: Buffer;
}

/**
 * Makes a grid (ISO/IEC 23008-12, 6.6.2.3) in which every tile is the same item: the picture of another AVIF.
 */
export function avifGrid(
  tile: Buffer,
  { width, height, columns, rows, frames = 1, before = Buffer.alloc(0) }: AvifGrid,
): Buffer {
  const configuration = boxOf(tile, 'av1C');
  const data = Buffer.concat([
    before,
    ...Array.from({ length: frames }, () => boxOf(tile, 'mdat').subarray(8)),
  ]);
  const [gridWidth, gridHeight] = [width * columns, height * rows];
  const grid = Buffer.concat([Buffer.from([0, 1, rows - 1, columns - 1]), u32(gridWidth, gridHeight)]);
  const entry = (id: number, type: string) =>
    fullBox('infe', 2, u16(id, 0), Buffer.from(type, 'latin1'), Buffer.from([0]));
  const size = (w: number, h: number) => fullBox('ispe', 0, u32(w, h));
  const meta = (start: number) =>
    fullBox(
      'meta',
      0,
      fullBox('hdlr', 0, u32(0), Buffer.from('pict'), u32(0, 0, 0), Buffer.from([0])),
      fullBox('pitm', 0, u16(1)),
      fullBox(
        'iloc',
        0,
        Buffer.from([0x44, 0]),
        u16(2),
        ...[u16(1, 0, 1), u32(start, grid.length)],
        ...[u16(2, 0, 1), u32(start + grid.length, data.length)],
      ),
      fullBox('iinf', 0, u16(2), entry(1, 'grid'), entry(2, 'av01')),
      fullBox(
        'iref',
        0,
        box('dimg', u16(1, columns * rows, ...Array.from({ length: columns * rows }, () => 2))),
      ),
      box(
        'iprp',
        box(
          'ipco',
          size(gridWidth, gridHeight),
          size(width, height),
          configuration,
          fullBox('pixi', 0, Buffer.from([3, 8, 8, 8])),
        ),
        fullBox('ipma', 0, u32(2), u16(1), Buffer.from([2, 1, 4]), u16(2), Buffer.from([3, 2, 0x83, 4])),
      ),
    );
  const head = box('ftyp', Buffer.from('avif'), u32(0), Buffer.from('avifmif1miaf'));
  const start = head.length + meta(0).length + 8;
  return Buffer.concat([head, meta(start), box('mdat', grid, data)]);
}
