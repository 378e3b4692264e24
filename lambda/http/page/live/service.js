import { html, write } from './dom.js';
import { duration, MIB, number, whole } from './format.js';

/**
 * @typedef {import('./view.js').View} View
 * @typedef {import('./view.js').Info} Info
 */

/** @type {readonly (readonly [name: string, text: (info: Info) => string])[]} */
const FACTS = [
  ['Service version', ({ version }) => version],
  ['Stage', ({ stage }) => stage],
  ['Started', ({ started_at: started }) => new Date(started).toLocaleString('en-GB')],
  [
    'CPUs',
    ({ cpus, threads }) => `${number(cpus)}, ${whole(threads)} ${threads === 1 ? 'thread' : 'threads'}`,
  ],
  ['Memory limit', (info) => `${whole(info.memory_limit_bytes / MIB)}\u00a0MiB`],
  ['Node.js', ({ node }) => node],
  ['ONNX Runtime', ({ onnxruntime }) => onnxruntime],
];

/** The panel with the uptime, the models and the versions. */
export function createService() {
  const uptime = html('dd');
  const facts = html('dl', { class: 'facts' }, html('div', {}, html('dt', {}, 'Uptime'), uptime));
  const models = html('tbody');
  const element = html(
    'section',
    { class: 'card panel service', 'aria-label': 'Service and models' },
    html('h2', {}, 'Service and models'),
    html(
      'table',
      {},
      html('caption', { class: 'visually-hidden' }, 'Models'),
      html(
        'thead',
        {},
        html('tr', {}, ...['Model', 'Version', 'State'].map((name) => html('th', { scope: 'col' }, name))),
      ),
      models,
    ),
    facts,
  );
  /** @type {Info | undefined} */
  let shown;

  /** @param {Info} info */
  function showInfo(info) {
    models.replaceChildren(
      ...info.models.map(({ name, version, state }) =>
        html(
          'tr',
          {},
          html('th', { scope: 'row' }, name),
          html('td', {}, version),
          html('td', {}, html('span', { class: 'state', 'data-state': state }, state)),
        ),
      ),
    );
    facts.replaceChildren(
      facts.children[0] ?? '',
      ...FACTS.map(([name, text]) => html('div', {}, html('dt', {}, name), html('dd', {}, text(info)))),
    );
  }

  return {
    element,
    /** @param {View} view */
    draw({ info, end }) {
      if (info && info !== shown) showInfo(info);
      shown = info;
      write(uptime, info && end > 0 ? duration(end - Date.parse(info.started_at) / 1000) : '–');
    },
  };
}
