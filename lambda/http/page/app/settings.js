// What the service tells its page, in attributes of the root element: see assets.ts.

const { dataset } = document.documentElement;

/** What the gateway requires of predictions. @type {'unknown' | 'api-key' | 'iam' | 'jwt'} */
export const auth = /** @type {any} */ (dataset.auth ?? 'unknown');

/** Bytes of one photo, bytes of the photos of one request, and photos of one request. */
export const limits = {
  imageBytes: Number(dataset.maxImageBytes),
  uploadBytes: Number(dataset.maxUploadBytes),
  photos: Number(dataset.maxBatch),
};

/** Below this probability, the first class is only a guess. */
export const lowConfidenceBelow = Number(dataset.lowConfidenceBelow);

/** Whether the live view shows itself to who is here: to all, or to those on the same machine. */
export const canSeeLive =
  dataset.live === 'all' ||
  (dataset.live === 'loopback' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname));

/** Absolute URL of the service. Behind API Gateway it ends with the stage. */
export const base = new URL('./', location.href).href;
