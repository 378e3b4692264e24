// The page at `/live`. All addresses are relative, because a proxy may serve the page below a path of its own.
import { createBars } from './bars.js';
import { createChart } from './chart.js';
import { createConnection } from './connection.js';
import { createCursor } from './cursor.js';
import { byId, inputById, write } from './dom.js';
import { clock } from './format.js';
import { createHistory } from './history.js';
import { createNotice } from './notice.js';
import { drawNumbers } from './numbers.js';
import { RESOURCES } from './resources.js';
import { createService } from './service.js';
import { FORMATS, TRAFFIC } from './traffic.js';
import { createView } from './view.js';

/** A screen reader hears of changes at most this often. */
const SAY_MS = 30_000;

const history = createHistory();
const cursor = createCursor();
const charts = (/** @type {typeof TRAFFIC} */ panels) => panels.map((panel) => createChart(panel, cursor));
const panels = [
  ...charts(TRAFFIC),
  createBars({
    title: 'Classes',
    unit: 'top ten of the window',
    most: 10,
    counts: ({ classes }) => classes,
    empty: 'No predictions in this window',
  }),
  createChart(FORMATS, cursor),
  ...charts(RESOURCES),
  createService(),
];

/** @type {import('./view.js').Info | undefined} */
let info;
/** The seconds at the moment of the pause. @type {readonly import('./history.js').Second[] | undefined} */
let paused;
let isConnected = false;
let span = 300;
let isScheduled = false;
let said = { title: '', at: Number.NEGATIVE_INFINITY };

function draw() {
  isScheduled = false;
  const seconds = paused ?? history.seconds;
  const view = createView(seconds, { span, isNow: isConnected && !paused, info });
  drawNumbers(view, isConnected);
  for (const panel of panels) panel.draw(view);
  byId('dashboard').ariaBusy = String(seconds.length === 0);
  say(byId('verdict-title').textContent ?? '');
}

/** Draws once before the next frame. A hidden page has no frames, so it draws nothing. */
function scheduleDraw() {
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(draw);
}

/** A view that is paused is not live. A connection that is lost is more important. */
function showPause() {
  write(byId('pause'), paused ? 'Resume' : 'Pause');
  write(byId('paused'), paused ? `Paused at ${clock(paused.at(-1)?.t ?? Date.now() / 1000)}` : '');
  byId('paused').hidden = !paused;
  byId('connection').hidden = isConnected && paused !== undefined;
}

/** @param {string} title */
function say(title) {
  if (!isConnected || title === said.title || performance.now() - said.at < SAY_MS) return;
  said = { title, at: performance.now() };
  write(byId('said'), `${title}. ${byId('verdict-detail').textContent}`);
}

const notice = createNotice({
  onToken: (token) => connection.useToken(token),
  onRetry: () => connection.retry(),
});

const connection = createConnection('live/events', {
  onState(state) {
    isConnected = state.kind === 'live';
    notice.show(state);
    showPause();
    scheduleDraw();
  },
  onEvent({ name, data }) {
    const value = JSON.parse(data);
    if (name === 'info') info = value;
    if (name === 'history') history.merge(value.seconds);
    if (name === 'second') history.push(value);
    scheduleDraw();
  },
});

byId('windows').addEventListener('change', () => {
  span = Number(byId('windows').querySelector(/** @type {'input'} */ ('input:checked'))?.value ?? 300);
  cursor.clear();
  scheduleDraw();
});

byId('pause').addEventListener('click', () => {
  paused = paused ? undefined : [...history.seconds];
  showPause();
  scheduleDraw();
});

// Browsers restore a choice after a reload, but do not say that it changed.
inputById('window-300').checked = true;
for (const panel of panels) byId('panels').append(panel.element);
document.addEventListener('pointerdown', ({ target }) => {
  if (!(target instanceof Element && target.closest('.plot'))) cursor.clear();
});
addEventListener('online', () => connection.retry());
document.addEventListener('visibilitychange', () => document.hidden || connection.retry());
connection.start();
