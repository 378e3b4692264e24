import { byId, inputById, write } from './dom.js';

/** @typedef {import('./connection.js').ConnectionState} ConnectionState */

/** What a bearer token may hold: visible ASCII characters. */
const TOKEN = /^[\x21-\x7e]+$/;

/** @type {Readonly<Record<ConnectionState['kind'], string>>} */
const LABELS = {
  connecting: 'Connecting',
  live: 'Live',
  waiting: 'Not connected',
  token: 'Token needed',
  forbidden: 'Not allowed',
  off: 'Switched off',
};

/**
 * Says how the connection is, and asks for the token.
 *
 * @param {{ readonly onToken: (token: string) => void, readonly onRetry: () => void }} handlers
 */
export function createNotice({ onToken, onRetry }) {
  const notice = byId('notice');
  const token = inputById('token');
  let failures = 0;

  byId('token-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const given = token.value.trim();
    if (TOKEN.test(given)) onToken(given);
    else write(byId('token-problem'), 'Expected a token of visible ASCII characters.');
  });
  byId('retry').addEventListener('click', onRetry);
  for (const button of document.querySelectorAll('.again')) button.addEventListener('click', onRetry);

  return {
    /** @param {ConnectionState} state */
    show(state) {
      const { kind } = state;
      document.body.dataset['connection'] = kind;
      write(byId('connection'), LABELS[kind]);
      // While it tries again, the text stays, so that it does not flicker.
      if (kind === 'waiting') failures += 1;
      else if (kind !== 'connecting') failures = 0;
      const isTrying = kind === 'waiting' || (kind === 'connecting' && failures > 0);
      byId('retry').hidden = !isTrying;
      byId('token-card').hidden = kind !== 'token';
      byId('forbidden').hidden = kind !== 'forbidden';
      byId('off').hidden = kind !== 'off';
      byId('dashboard').hidden = kind === 'token' || kind === 'forbidden' || kind === 'off';
      notice.parentElement?.toggleAttribute('hidden', !isTrying);
      if (kind === 'waiting') write(notice, `${state.why} Next attempt in ${state.seconds}\u00a0s.`);
      else if (!isTrying) write(notice, '');
      if (kind === 'token') {
        write(byId('token-problem'), state.wasRefused ? 'The service did not accept this token.' : '');
        token.focus();
      }
      if (kind === 'forbidden')
        write(byId('forbidden-detail'), state.detail || 'The service answered with HTTP 403.');
      if (kind === 'live') token.value = '';
    },
  };
}
