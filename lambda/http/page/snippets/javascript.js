/** @import { SnippetRequest, Snippet } from './request.js' */
import { addressOf, credentialOf, signingNote, urlBodyOf } from './call.js';
import { downloadNote } from './download.js';
import { literal } from './literal.js';

/** @type {Snippet} */
export const javascript = { id: 'javascript', title: 'JavaScript', make };

const READ_FILE = 'import { readFile } from "node:fs/promises";\n';

/** @param {SnippetRequest} request */
function make(request) {
  const headers = headerLines(request);
  return `// Node.js 20 or newer: save as predict.mjs, then run node predict.mjs
${downloadNote(request, '//')}${request.kind === 'url' ? '' : READ_FILE}
${bodyLines(request)}${signingNote(request, '//', 'aws4fetch')}const response = await fetch(${literal(addressOf(request))}, {
  method: "POST",
${headers.length > 0 ? `  headers: {\n${headers.map((line) => `    ${line},\n`).join('')}  },\n` : ''}  body,
});
if (!response.ok) throw new Error(await response.text());
const answer = await response.json();

${request.kind === 'batch' ? printBatch(request) : printOne(request)}
`;
}

/** The browser or Node.js sets the type of a form, because it chooses the boundary. @param {SnippetRequest} request */
function headerLines(request) {
  const credential = credentialOf(request);
  const type = { file: 'application/octet-stream', url: 'application/json', batch: undefined }[request.kind];
  return [
    ...(type ? [`"Content-Type": "${type}"`] : []),
    ...(credential ? [`"${credential.header}": ${secret(credential)}`] : []),
  ];
}

/** @param {import('./call.js').Credential} credential */
const secret = ({ prefix, variable }) =>
  prefix ? `\`${prefix}\${process.env.${variable}}\`` : `process.env.${variable}`;

/** @param {SnippetRequest} request */
function bodyLines(request) {
  if (request.kind === 'url') {
    const members = Object.entries(urlBodyOf(request)).map(
      ([name, value]) => `${name}: ${typeof value === 'string' ? literal(value) : value}`,
    );
    return `const body = JSON.stringify({ ${members.join(', ')} });\n`;
  }
  const names = request.files.map(({ name }) => literal(name));
  if (request.kind === 'file') {
    return `// In a browser, the body is a File or a Blob.\nconst body = await readFile(${names[0]});\n`;
  }
  return `const names = [
${names.map((name) => `  ${name},\n`).join('')}];
const body = new FormData();
// In a browser, append a File or a Blob.
for (const name of names) body.append("file", new Blob([await readFile(name)]));
`;
}

const PRINT_PREDICTION = 'console.log(probability.toFixed(4), label);';

/** @param {SnippetRequest} request */
function printOne({ explain }) {
  return `for (const { label, probability } of answer.predictions) {
  ${PRINT_PREDICTION}
}${explain ? `\n${printMaps('answer')}` : ''}`;
}

/** @param {SnippetRequest} request */
function printBatch({ explain }) {
  return `for (const { index, predictions, problem${explain ? ', explanation' : ''} } of answer.results) {
  console.log(names[index]);
  if (problem) {
    console.log(problem.detail);
    continue;
  }
  for (const { label, probability } of predictions) {
    ${PRINT_PREDICTION}
  }${explain ? `\n${printMaps('').replace(/^/gm, '  ')}` : ''}
}`;
}

/** @param {string} answer the variable that has the explanation; empty if the explanation is one itself */
function printMaps(answer) {
  const explanation = answer ? `${answer}.explanation` : 'explanation';
  return `console.log("Heat maps of the region", ${explanation}.region);
for (const { rank, values } of ${explanation}.maps) {
  console.log(rank, JSON.stringify(values));
}`;
}
