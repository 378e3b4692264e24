/** @import { SnippetRequest, Snippet } from './request.js' */
import { addressOf, credentialOf, signingNote, urlBodyOf } from './call.js';
import { downloadNote } from './download.js';
import { literal } from './literal.js';

/** @type {Snippet} */
export const python = { id: 'python', title: 'Python', make };

const IMPORTS = {
  file: ['import json', 'from pathlib import Path'],
  url: ['import json'],
  batch: ['import json', 'from base64 import b64encode', 'from pathlib import Path'],
};

/** @param {SnippetRequest} request */
function make(request) {
  const credential = credentialOf(request);
  return `# Python 3, with its standard library only.
${downloadNote(request, '#')}${[...(credential ? ['import os'] : []), ...IMPORTS[request.kind]].sort(byModule).join('\n')}
from urllib.error import HTTPError
from urllib.request import Request, urlopen

${body(request)}
headers = {
    "Content-Type": "${request.kind === 'file' ? 'application/octet-stream' : 'application/json'}",
${credential ? `    "${credential.header}": ${secret(credential)},\n` : ''}}
${signingNote(request, '#', 'botocore.auth.SigV4Auth')}request = Request(${literal(addressOf(request))}, body, headers)
try:
    with urlopen(request) as response:
        answer = json.load(response)
except HTTPError as error:
    raise SystemExit(error.read().decode())

${request.kind === 'batch' ? printBatch(request) : printOne(request)}
`;
}

/** Plain imports come before those with `from`, as isort sorts them. @param {string} a @param {string} b */
const byModule = (a, b) =>
  (a.startsWith('from') ? 1 : 0) - (b.startsWith('from') ? 1 : 0) || (a < b ? -1 : 1);

/** @param {import('./call.js').Credential} credential */
const secret = ({ prefix, variable }) =>
  prefix ? `"${prefix}" + os.environ["${variable}"]` : `os.environ["${variable}"]`;

/** @param {SnippetRequest} request */
function body(request) {
  if (request.kind === 'url') {
    const members = Object.entries(urlBodyOf(request)).map(
      ([name, value]) => `"${name}": ${typeof value === 'string' ? literal(value) : value}`,
    );
    return `body = json.dumps({${members.join(', ')}}).encode()`;
  }
  const names = request.files.map(({ name }) => literal(name));
  if (request.kind === 'file') return `body = Path(${names[0]}).read_bytes()`;
  return `names = [
${names.map((name) => `    ${name},\n`).join('')}]
images = [b64encode(Path(name).read_bytes()).decode() for name in names]
body = json.dumps({"images": images}).encode()`;
}

const PRINT_PREDICTION = `print(f"{prediction['probability']:.4f}  {prediction['label']}")`;

/** @param {SnippetRequest} request */
function printOne({ explain }) {
  return `for prediction in answer["predictions"]:
    ${PRINT_PREDICTION}${explain ? `\n${printMaps('answer')}` : ''}`;
}

/** @param {SnippetRequest} request */
function printBatch({ explain }) {
  return `for name, result in zip(names, answer["results"]):
    print(name)
    if "problem" in result:
        print(result["problem"]["detail"])
        continue
    for prediction in result["predictions"]:
        ${PRINT_PREDICTION}${explain ? `\n${printMaps('result').replace(/^/gm, '    ')}` : ''}`;
}

/** @param {string} answer */
const printMaps = (answer) => `print("Heat maps of the region", ${answer}["explanation"]["region"])
for heat_map in ${answer}["explanation"]["maps"]:
    print(heat_map["rank"], heat_map["values"])`;
