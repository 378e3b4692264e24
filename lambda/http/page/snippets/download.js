/** @import { SnippetRequest } from './request.js' */

export const shellQuote = (/** @type {string} */ text) => `'${text.replaceAll("'", "'\\''")}'`;

/** A command that saves the photo where the program looks for it. Empty if the reader has the photo. @param {SnippetRequest} request */
export const downloadCommand = ({ download }) => (download ? `curl -O ${shellQuote(download)}` : '');

/**
 * The command as a comment of a program.
 *
 * @param {SnippetRequest} request
 * @param {string} sign what begins a comment
 */
export function downloadNote(request, sign) {
  const command = downloadCommand(request);
  return command && `${sign} First get the photo: ${command}\n`;
}
