/** @import { SnippetRequest } from './request.js' */
import { optionsOf, queryOf } from './options.js';

const PATHS = { file: 'predict', url: 'predict/url', batch: 'predict/batch' };

/** The address to send to, with those options that are not in the body. @param {SnippetRequest} request */
export function addressOf(request) {
  const { kind, base, model } = request;
  return base + PATHS[kind] + queryOf(kind === 'url' ? { model } : optionsOf(request));
}

/** The members of the JSON body of a request for a URL. @param {SnippetRequest} request */
export function urlBodyOf(request) {
  const { model, ...options } = optionsOf(request);
  const set = Object.entries(options).filter(([, value]) => value !== undefined);
  return { url: request.url, ...Object.fromEntries(set) };
}

/**
 * A header that proves who calls, as `prefix` and the value of an environment variable.
 *
 * @typedef {{ header: string, prefix: string, variable: string }} Credential
 */

/** @type {Credential} */
const KEY = { header: 'x-api-key', prefix: '', variable: 'API_KEY' };
/** @type {Credential} */
const TOKEN = { header: 'Authorization', prefix: 'Bearer ', variable: 'API_TOKEN' };

/**
 * @param {SnippetRequest} request
 * @returns {Credential | undefined} undefined if the service requires none, or a signature
 */
export function credentialOf({ auth, hasCredential }) {
  if (auth === 'iam') return undefined;
  if (auth === 'jwt') return TOKEN;
  return auth === 'api-key' || hasCredential ? KEY : undefined;
}

/**
 * The comment of a program that would have to sign its request. Only curl can do so by itself.
 *
 * @param {SnippetRequest} request
 * @param {string} sign what begins a comment
 * @param {string} signer the library that signs
 */
export function signingNote({ auth }, sign, signer) {
  if (auth !== 'iam') return '';
  return [
    `${sign} This service takes only requests that are signed with AWS credentials.`,
    `${sign} Sign this one for the service execute-api with ${signer}.`,
    '',
  ].join('\n');
}
