import { page } from './elements.js';
import { auth } from './settings.js';

const key = (/** @type {string} */ value) => ({ 'x-api-key': value });

/** What the gateway in front of the service requires of predictions. */
const KINDS = {
  unknown: { header: key, missing: 'If this service requires an API key, enter it under Options.' },
  'api-key': {
    header: key,
    hint: 'This service requires a key. This page sends it in the header x-api-key and does not store it.',
    missing: 'Enter an API key under Options.',
  },
  iam: {
    header: () => ({}),
    hint: 'This service takes only requests that are signed with AWS credentials, which this page does not have.',
    missing: '',
  },
  jwt: {
    header: (/** @type {string} */ token) => ({ authorization: `Bearer ${token}` }),
    label: 'Bearer token',
    hint: 'This service requires a token. This page sends it in the header Authorization and does not store it.',
    missing: 'Enter a bearer token under Options.',
  },
};

/** @type {{ header: (value: string) => Record<string, string>, missing: string, label?: string, hint?: string }} */
const kind = KINDS[auth];

export function showCredentialField() {
  if (kind.label) page['credential-label'].textContent = kind.label;
  if (kind.hint) page['credential-hint'].textContent = kind.hint;
  page['credential-field'].hidden = auth === 'iam';
  page.options.open = auth === 'api-key' || auth === 'jwt';
}

const entered = () => page.credential.value.trim();

export const hasCredential = () => entered() !== '';

/** @returns {Record<string, string>} the header that proves who calls, if there is something to send */
export const credentialHeader = () => (hasCredential() ? kind.header(entered()) : {});

/** What to do if a prediction was refused because nobody proved who calls. */
export const missingCredential = kind.missing;

/** @type {import('./problem.js').Problem | undefined} why this page cannot send any request */
export const cannotSend =
  auth === 'iam'
    ? { title: 'This page cannot sign the request', detail: `${kind.hint} Run the code below.` }
    : undefined;
