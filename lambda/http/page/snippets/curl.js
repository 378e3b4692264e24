/** @import { SnippetRequest, Snippet } from './request.js' */
import { optionsOf, queryOf } from './options.js';

const API_KEY = ' -H "x-api-key: $API_KEY"';

/** What proves who calls. The shell puts the secrets in, from variables. */
const PROOFS = {
  unknown: API_KEY,
  'api-key': API_KEY,
  iam:
    ' --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"' +
    ' -H "x-amz-security-token: $AWS_SESSION_TOKEN"',
  jwt: ' -H "Authorization: Bearer $API_TOKEN"',
};

/** @type {Snippet} */
export const curl = { id: 'curl', title: 'curl', make };

/** @param {SnippetRequest} request */
function make(request) {
  const { kind, files, auth, hasCredential } = request;
  const proof = auth !== 'unknown' || hasCredential ? PROOFS[auth] : '';
  const address = (/** @type {string} */ path) => shellQuote(request.base + path);
  if (kind === 'url') {
    const { model, ...options } = optionsOf(request);
    const body = shellQuote(JSON.stringify({ url: request.url, ...options }));
    return `curl ${address(`predict/url${queryOf({ model })}`)} -H 'content-type: application/json'${proof} -d ${body}`;
  }
  const path = kind === 'batch' ? 'predict/batch' : 'predict';
  const form = files.map(({ name }) => curlFile(name, auth)).join(' ');
  return `curl${proof} ${form} ${address(path + queryOf(optionsOf(request)))}`;
}

/**
 * In the value of -F a comma or semicolon ends a file name that is not in double quotes. `@-` is stdin. curl
 * does not sign forms, so a signed request has the image as its body.
 *
 * @param {string} name
 * @param {SnippetRequest['auth']} auth
 */
function curlFile(name, auth) {
  const isPlain = /^\w[\w.-]*$/.test(name);
  if (auth === 'iam') return `--data-binary ${isPlain ? `@${name}` : shellQuote(`@./${name}`)}`;
  return `-F ${isPlain ? `file=@${name}` : shellQuote(`file=@"./${name.replace(/[\\"]/g, '\\$&')}"`)}`;
}

const shellQuote = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`;
