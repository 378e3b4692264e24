const FLOAT32_BYTES = 4;

/** Rows of numbers as float32 in little-endian order, whatever the order of the machine. */
export function floatBytes(rows: readonly Float32Array[]): Uint8Array<ArrayBuffer> {
  const count = rows.reduce((sum, row) => sum + row.length, 0);
  const view = new DataView(new ArrayBuffer(count * FLOAT32_BYTES));
  let at = 0;
  for (const row of rows) {
    for (const value of row) {
      view.setFloat32(at, value, true);
      at += FLOAT32_BYTES;
    }
  }
  return new Uint8Array(view.buffer);
}
