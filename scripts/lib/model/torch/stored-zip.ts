/** Structures of a zip file (PKWARE's APPNOTE 4.3): their signature, and their length without names. */
const END = { signature: 'PK\x05\x06', bytes: 22 };
const CENTRAL = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
/** The end record may be followed by a comment of at most this many bytes. */
const MAX_COMMENT = 0xffff;

/**
 * Reads a zip with uncompressed entries, as `torch.save` writes it.
 *
 * @returns views of the entries by name; nothing is copied. Checksums are not verified.
 * @throws Error for a compressed entry, and for a file that is truncated or not a zip.
 */
export function readStoredZip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(END.signature, undefined, 'latin1');
  if (end < Math.max(0, archive.length - END.bytes - MAX_COMMENT)) {
    throw new Error('expected a zip, found no zip directory: the file is truncated or has another format');
  }
  try {
    return readDirectory(archive, end);
  } catch (cause) {
    if (cause instanceof RangeError) throw new Error('the zip directory is damaged', { cause });
    throw cause;
  }
}

function readDirectory(archive: Buffer, end: number): Map<string, Buffer> {
  const entries = new Map<string, Buffer>();
  const count = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  for (let entry = 0; entry < count; entry += 1) {
    requireSignature(archive, at, CENTRAL.signature);
    const compression = archive.readUInt16LE(at + 10);
    const bytes = archive.readUInt32LE(at + 24);
    const nameBytes = archive.readUInt16LE(at + 28);
    const name = slice(archive, at + CENTRAL.bytes, nameBytes).toString('utf8');
    if (compression !== 0)
      throw new Error(`${name}: expected a stored zip entry, got compression ${compression}`);
    entries.set(name, readEntry(archive, archive.readUInt32LE(at + 42), bytes));
    at += CENTRAL.bytes + nameBytes + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
  }
  return entries;
}

/** The local header has its own name and padding, so only it says where the bytes begin. */
function readEntry(archive: Buffer, at: number, bytes: number): Buffer {
  requireSignature(archive, at, LOCAL.signature);
  const start = at + LOCAL.bytes + archive.readUInt16LE(at + 26) + archive.readUInt16LE(at + 28);
  return slice(archive, start, bytes);
}

/** Like `subarray`, but throws at the end of the file instead of returning fewer bytes. */
function slice(archive: Buffer, start: number, bytes: number): Buffer {
  if (start + bytes > archive.length) throw new RangeError(`${start + bytes} of ${archive.length} bytes`);
  return archive.subarray(start, start + bytes);
}

function requireSignature(archive: Buffer, at: number, signature: number): void {
  if (archive.readUInt32LE(at) !== signature) throw new RangeError(`no zip structure at ${at}`);
}
