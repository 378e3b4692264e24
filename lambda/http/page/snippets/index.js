/** @import { Snippet } from './request.js' */
import { curl } from './curl.js';
import { go } from './go.js';
import { javascript } from './javascript.js';
import { python } from './python.js';

/** The same request in several languages, in the order of their tabs. @type {readonly Snippet[]} */
export const snippets = [curl, python, javascript, go];
