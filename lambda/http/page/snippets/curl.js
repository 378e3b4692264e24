/** @import { SnippetRequest, Snippet } from './request.js' */
import { addressOf, credentialOf, urlBodyOf } from './call.js';
import { downloadCommand, shellQuote } from './download.js';

/** @type {Snippet} */
export const curl = { id: 'curl', title: 'curl', make };

const JSON_TYPE = " -H 'content-type: application/json'";
const SIGNATURE =
  ' --aws-sigv4 "aws:amz:$AWS_REGION:execute-api" --user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"' +
  ' -H "x-amz-security-token: $AWS_SESSION_TOKEN"';

/** @param {SnippetRequest} request */
function make(request) {
  return [downloadCommand(request), commandOf(request)].filter(Boolean).join('\n');
}

/** @param {SnippetRequest} request */
function commandOf(request) {
  const { kind, files, auth } = request;
  const proof = proofOf(request);
  const address = shellQuote(addressOf(request));
  if (kind === 'url') {
    return `curl ${address}${JSON_TYPE}${proof} -d ${shellQuote(JSON.stringify(urlBodyOf(request)))}`;
  }
  // curl does not sign forms, so what is signed is the image itself, or JSON.
  if (auth !== 'iam') return `curl${proof} ${files.map(formField).join(' ')} ${address}`;
  if (kind === 'file') return `curl${proof} ${files.map(wholeBody).join(' ')} ${address}`;
  return `${printedBatch(files)} |\n  curl${JSON_TYPE}${proof} --data-binary @- ${address}`;
}

/** What proves who calls. The shell puts the secrets in, from variables. @param {SnippetRequest} request */
function proofOf(request) {
  if (request.auth === 'iam') return SIGNATURE;
  const credential = credentialOf(request);
  return credential ? ` -H "${credential.header}: ${credential.prefix}$${credential.variable}"` : '';
}

/** @typedef {{ name: string }} File */

const isPlain = (/** @type {string} */ name) => /^\w[\w.-]*$/.test(name);

/** In the value of -F a comma or semicolon ends a file name that is not in double quotes. @param {File} file */
const formField = ({ name }) =>
  `-F ${isPlain(name) ? `file=@${name}` : shellQuote(`file=@"./${name.replace(/[\\"]/g, '\\$&')}"`)}`;

/** `@-` would be the standard input. @param {File} file */
const wholeBody = ({ name }) => `--data-binary ${isPlain(name) ? `@${name}` : shellQuote(`@./${name}`)}`;

/** A command that prints the images in JSON. @param {readonly File[]} files */
function printedBatch(files) {
  const places = files.map(() => '"%s"').join(',');
  const images = files.map(({ name }) => `  "$(base64 < ${shellQuote(`./${name}`)} | tr -d '\\n')"`);
  return [`printf '{"images":[${places}]}'`, ...images].join(' \\\n');
}
