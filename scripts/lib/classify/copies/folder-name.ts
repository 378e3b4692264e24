/** Separators, characters that Windows refuses, and those that terminals do not show. */
const UNSAFE = /[/\\:*?"<>|\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Names of devices on Windows, with any extension. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;
/** Of UTF-8. Most file systems allow 255; the rest is for paths that become long. */
const MAX_BYTES = 100;

/** A name that is one folder on every file system, never `.` or `..`. Different labels may get the same name. */
export function folderName(label: string): string {
  const safe = shortenTo(MAX_BYTES, label.toWellFormed().normalize('NFC').replace(UNSAFE, '_')).replace(
    /^[\s.]+|[\s.]+$/g,
    '',
  );
  if (safe === '') return '_';
  return DEVICE.test(safe) ? `_${safe}` : safe;
}

/** The beginning of a text that takes at most so many bytes of UTF-8, with no broken character. */
export function shortenTo(bytes: number, text: string): string {
  const buffer = Buffer.from(text);
  if (buffer.length <= bytes) return text;
  return new TextDecoder().decode(buffer.subarray(0, bytes), { stream: true });
}
