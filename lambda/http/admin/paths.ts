/** The files of the live view. They hold no data. */
export const LIVE_FILES = {
  '/live': 'live.html',
  '/live/live.css': 'live.css',
  '/live/live.js': 'live.js',
} as const;

export const METRICS_PATH = '/metrics';
export const EVENTS_PATH = '/live/events';
/** Pages of other origins may not call these, whatever CORS_ORIGINS says. */
export const ADMIN_PATHS: readonly string[] = [METRICS_PATH, EVENTS_PATH, ...Object.keys(LIVE_FILES)];
