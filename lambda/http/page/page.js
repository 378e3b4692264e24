// The page at `/`. All addresses are relative, because behind API Gateway its path begins with the stage.

import { snippets } from './snippets/index.js';

/** @typedef {{ file: File } | { url: string }} Source */

/** Every element with an id, by its id. */
const page = Object.fromEntries(
  [...document.querySelectorAll('[id]')].map((element) => [element.id, element]),
);

const KEY = {
  header: (key) => ({ 'x-api-key': key }),
};

/** What the gateway in front of the service requires of predictions, by `data-auth`. */
const CREDENTIALS = {
  unknown: { ...KEY, missing: 'If this service requires an API key, enter it under Options.' },
  'api-key': {
    ...KEY,
    hint: 'This service requires a key. This page sends it in the header x-api-key and does not store it.',
    missing: 'Enter an API key under Options.',
  },
  iam: {
    hint: 'This service takes only requests that are signed with AWS credentials, which this page does not have.',
  },
  jwt: {
    header: (token) => ({ authorization: `Bearer ${token}` }),
    label: 'Bearer token',
    hint: 'This service requires a token. This page sends it in the header Authorization and does not store it.',
    missing: 'Enter a bearer token under Options.',
  },
};
const { auth = 'unknown' } = document.documentElement.dataset;
const credentials = CREDENTIALS[auth];

if (credentials.label) page['credential-label'].textContent = credentials.label;
if (credentials.hint) page['credential-hint'].textContent = credentials.hint;
page['credential-field'].hidden = auth === 'iam';

/** @type {Source | undefined} */
let source;
let inFlight = new AbortController();
let objectUrl = '';

/** Classifies a new image. A request for the previous image is aborted. */
async function classify(next) {
  inFlight.abort();
  inFlight = new AbortController();
  const { signal } = inFlight;
  source = next;
  clear();
  showSource(source);
  if (!page['top-k'].validity.valid) {
    page.options.open = true;
    showProblem({ title: 'Number of classes', detail: 'Expected a whole number from 1 to 1000.' });
    return;
  }
  page.curl.textContent = snippets[0].make(snippetRequest(source));
  page.command.hidden = false;
  if (auth === 'iam') {
    showProblem({
      title: 'This page cannot sign the request',
      detail: `${credentials.hint} Run the command below.`,
    });
    return;
  }
  page.status.textContent = `Classifying ${nameOf(source)}…`;
  page.result.ariaBusy = 'true';
  try {
    const outcome = await send(source, signal);
    if (signal.aborted) return;
    if ('problem' in outcome) showProblem(outcome.problem);
    else showResult(outcome);
  } catch (error) {
    if (signal.aborted) return;
    console.error(error);
    showProblem({
      title: 'The service did not answer',
      detail: 'Check that it is running and reachable, then try again.',
    });
  } finally {
    if (!signal.aborted) page.result.ariaBusy = 'false';
  }
}

async function send(image, signal) {
  const { url, init } = requestFor(image);
  const start = performance.now();
  const response = await fetch(url, { ...init, method: 'POST', signal });
  const text = await response.text();
  const roundTripMs = performance.now() - start;
  const body = parseObject(text);
  return response.ok && body.predictions ? { body, roundTripMs } : { problem: problemOf(response, body) };
}

function requestFor(image) {
  const credential = page.credential.value.trim();
  // Whoever tries the service here has not agreed that images are kept.
  const headers = { 'x-no-capture': '1', ...(credential ? credentials.header(credential) : {}) };
  if ('url' in image) {
    headers['content-type'] = 'application/json';
    return { url: 'predict/url', init: { headers, body: JSON.stringify(urlBody(image)) } };
  }
  // The service detects the format from the first bytes, but would read a file of type JSON as a request.
  headers['content-type'] = image.file.type.startsWith('image/')
    ? image.file.type
    : 'application/octet-stream';
  return { url: `predict?top_k=${topK()}`, init: { headers, body: image.file } };
}

const topK = () => page['top-k'].valueAsNumber;
const urlBody = ({ url }) => ({ url, top_k: topK() });

/** Gateways and proxies may answer with a body of their own, or with none. */
function problemOf(response, body) {
  const problem = body.title
    ? body
    : {
        title: `The request failed with HTTP ${response.status}`,
        detail: body.message ?? 'There is no further explanation.',
        request_id: response.headers.get('x-amzn-requestid') ?? undefined,
      };
  const mayLackCredential = problem.code
    ? problem.code === 'forbidden' || problem.code === 'unauthorized'
    : response.status === 401 || response.status === 403;
  return mayLackCredential ? { ...problem, detail: `${problem.detail} ${credentials.missing}` } : problem;
}

function parseObject(text) {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

function clear() {
  for (const id of ['alert', 'predictions', 'facts']) page[id].replaceChildren();
  for (const id of ['preview', 'predictions', 'facts', 'command']) page[id].hidden = true;
  page.copied.textContent = '';
  page.result.ariaBusy = 'false';
}

const nameOf = (image) => ('url' in image ? image.url : image.file.name || 'the image');

function showSource(image) {
  URL.revokeObjectURL(objectUrl);
  objectUrl = '';
  page.picture.hidden = true;
  page.picture.removeAttribute('src');
  page['no-picture'].hidden = true;
  page.caption.textContent = nameOf(image);
  if ('file' in image) {
    objectUrl = URL.createObjectURL(image.file);
    showPicture(objectUrl);
  }
}

function showPicture(url) {
  page.picture.src = url;
  page.preview.hidden = false;
}

page.picture.addEventListener('load', () => {
  page.picture.alt = source ? `Preview of ${nameOf(source)}` : '';
  page.picture.hidden = false;
});

page.picture.addEventListener('error', () => showNote('This browser cannot show a preview of this file.'));

function showNote(text) {
  page['no-picture'].textContent = text;
  page['no-picture'].hidden = false;
  page.preview.hidden = false;
}

function showResult({ body, roundTripMs }) {
  const { predictions, image, timing_ms: timing, model, request_id: requestId } = body;
  // The browser opens the URL only after the service has found an image at it, and that it is public.
  if ('url' in source) showRemotePicture(source.url);
  page.predictions.replaceChildren(...predictions.map(predictionItem));
  page.predictions.hidden = false;
  // Only a list that scrolls has to be reachable with the keyboard.
  const scrolls = page.predictions.scrollHeight > page.predictions.clientHeight;
  if (scrolls) page.predictions.tabIndex = 0;
  else page.predictions.removeAttribute('tabindex');
  page.facts.replaceChildren(
    fact('Decode', ms(timing.decode)),
    fact('Inference', ms(timing.inference)),
    fact('Total', ms(timing.total)),
    fact('Round trip', ms(roundTripMs)),
    fact('Format', image.format.toUpperCase()),
    fact('Size', `${image.width} × ${image.height}`),
    fact('Bytes', image.bytes.toLocaleString('en')),
    fact('Model', `${model.name} ${model.version}`, 'wide'),
    fact('Request id', requestId, 'wide code'),
  );
  page.facts.hidden = false;
  const [top] = predictions;
  // On a phone the result is below the picture.
  page.predictions.scrollIntoView({ block: 'nearest' });
  page.status.textContent = top
    ? `Top prediction: ${top.label}, ${percent(top.probability)}`
    : 'No predictions.';
}

function showRemotePicture(url) {
  if (new URL(url).protocol === 'https:') showPicture(url);
  else showNote('No preview: this page shows pictures from https addresses only.');
}

function showProblem({ title, detail, code, status, request_id: requestId }) {
  const origin = [code, status && `HTTP ${status}`, requestId && `request ${requestId}`].filter(Boolean);
  page.status.textContent = 'The image was not classified.';
  page.alert.replaceChildren(
    element('strong', title),
    element('p', detail),
    ...(origin.length > 0 ? [element('small', origin.join(' · '))] : []),
  );
  page.alert.scrollIntoView({ block: 'nearest' });
}

/** Screen readers say "1. Egyptian cat, 87.3 %". The bar shows the same. */
function predictionItem({ rank, label, probability }) {
  const item = document.createElement('li');
  const track = element('div', '', 'track');
  const bar = element('div', '', 'bar');
  track.ariaHidden = 'true';
  bar.style.setProperty('--share', probability);
  track.append(bar);
  const name = element('span', label, 'name');
  name.append(element('span', ',', 'comma'));
  item.append(
    element('span', `${rank}.`, 'rank'),
    ' ',
    name,
    ' ',
    element('span', percent(probability), 'share'),
    track,
  );
  return item;
}

function fact(term, value, className = '') {
  const pair = element('div', '', className.includes('wide') ? 'wide' : '');
  pair.append(element('dt', term), element('dd', value, className));
  return pair;
}

function element(tag, text, className = '') {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

const ms = (value) => `${value.toFixed(1)}\u00a0ms`;

function percent(probability) {
  const share = 100 * probability;
  return share > 0 && share < 0.1 ? '<\u00a00.1\u00a0%' : `${share.toFixed(1)}\u00a0%`;
}

/** @returns {import('./snippets/request.js').SnippetRequest} */
function snippetRequest(image) {
  return {
    kind: 'url' in image ? 'url' : 'file',
    files: 'url' in image ? [] : [{ name: image.file.name }],
    url: image.url,
    topK: topK(),
    model: undefined,
    explain: undefined,
    base: new URL('./', location.href).href,
    auth,
    hasCredential: page.credential.value.trim() !== '',
  };
}

async function copyCommand() {
  try {
    await navigator.clipboard.writeText(page.curl.textContent);
    page.copied.textContent = 'Copied.';
  } catch {
    // Over plain http there is no clipboard, except on localhost.
    getSelection().selectAllChildren(page.curl);
    page.copied.textContent = 'Selected. Copy it with the keyboard.';
  }
}

/** The file or URL that was dropped or pasted. A file is preferred to the text that often comes with it. */
function transferred(data) {
  const file = [...data.files].find(({ type }) => type.startsWith('image/')) ?? data.files[0];
  if (file) return { file };
  const text = (data.getData('text/uri-list') || data.getData('text/plain')).trim();
  return /^https?:\/\/\S+$/i.test(text) ? { url: text } : undefined;
}

function take(data) {
  const taken = transferred(data);
  if (!taken) {
    page.status.textContent = 'Expected an image or the URL of one.';
    return;
  }
  page.url.value = taken.url ?? '';
  if (taken.url) page['url-form'].requestSubmit();
  else classify(taken);
}

page.file.addEventListener('change', () => {
  const [file] = page.file.files;
  if (file) classify({ file });
  // Without this, choosing the same file again would not be a change.
  page.file.value = '';
});

page['url-form'].addEventListener('submit', (event) => {
  event.preventDefault();
  classify({ url: page.url.value });
});

page.copy.addEventListener('click', copyCommand);

for (const option of [page['top-k'], page.credential]) {
  option.addEventListener('change', () => source && classify(source));
}

document.addEventListener('paste', (event) => {
  const intoField = event.target instanceof HTMLInputElement && event.target.type !== 'file';
  if (intoField && event.clipboardData.files.length === 0) return;
  event.preventDefault();
  take(event.clipboardData);
});

// Otherwise a file that is dropped outside the zone would replace the page.
document.addEventListener('dragover', (event) => {
  event.preventDefault();
  document.body.classList.add('dragging');
});
document.addEventListener('dragleave', (event) => {
  if (!event.relatedTarget) document.body.classList.remove('dragging');
});
document.addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('dragging');
  take(event.dataTransfer);
});
