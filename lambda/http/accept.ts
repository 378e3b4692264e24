interface Preference {
  /** 0..1. 0 for what the client does not accept. */
  readonly quality: number;
  /** How exactly the header names the media type: 0 for not at all, 3 for its whole name. */
  readonly exactness: number;
}

const NO_PREFERENCE: Preference = { quality: 0, exactness: 0 };
const QUALITY = /^\s*q\s*=\s*(0(\.\d{0,3})?|1(\.0{0,3})?)\s*$/i;

/**
 * Whether a client would rather have a media type than the usual one (RFC 9110, 12.5.1).
 *
 * @param accept the header Accept, if there is one.
 * @param mediaType in lower case.
 * @param usual what is sent if the client likes both the same.
 */
export function prefers(accept: string | undefined, mediaType: string, usual: string): boolean {
  if (accept === undefined) return false;
  const one = preferenceFor(accept, mediaType);
  const other = preferenceFor(accept, usual);
  if (one.quality !== other.quality) return one.quality > other.quality;
  return one.quality > 0 && one.exactness > other.exactness;
}

/** That of the most exact range that includes the media type. A range whose quality is not valid does not count. */
function preferenceFor(accept: string, mediaType: string): Preference {
  const ranges = ['*/*', `${mediaType.split('/', 1)[0]}/*`, mediaType];
  let found = NO_PREFERENCE;
  for (const part of accept.split(',')) {
    const [range = '', ...parameters] = part.split(';');
    const exactness = 1 + ranges.indexOf(range.trim().toLowerCase());
    const quality = qualityIn(parameters);
    if (exactness > found.exactness && quality !== undefined) found = { quality, exactness };
  }
  return found;
}

function qualityIn(parameters: readonly string[]): number | undefined {
  const weight = parameters.find((parameter) => /^\s*q\s*=/i.test(parameter));
  if (weight === undefined) return 1;
  const value = QUALITY.exec(weight)?.[1];
  return value === undefined ? undefined : Number(value);
}
