/**
 * Of this service and its API: package.json, docs/openapi.json and the label of the image have the same.
 * `npm run release:prepare` changes them together.
 */
export const VERSION = '1.0.0';
