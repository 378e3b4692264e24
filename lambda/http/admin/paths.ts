export const METRICS_PATH = '/metrics';
export const EVENTS_PATH = '/live/events';
/** Pages of other origins may not call these, whatever CORS_ORIGINS says. */
export const ADMIN_PATHS: readonly string[] = [METRICS_PATH, '/live', '/live/*'];
