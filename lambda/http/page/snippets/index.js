/** @import { Snippet } from './request.js' */
import { curl } from './curl.js';

/** The same request in several languages, in the order of their tabs. @type {readonly Snippet[]} */
export const snippets = [curl];
