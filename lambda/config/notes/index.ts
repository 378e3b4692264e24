import { ACCESS, CAPTURE, RECORDS } from './access.ts';
import { JOBS, LAMBDA } from './jobs.ts';
import { FETCHES, LIMITS, MODELS } from './models.ts';
import type { Topic } from './notes.ts';
import { SERVER } from './server.ts';

/** The variables of the service, by topic. A test compares their names with those of the schema. */
export const ENVIRONMENT_NOTES: Readonly<Record<string, Topic>> = {
  'The HTTP server': SERVER,
  Models: MODELS,
  'Limits and memory': LIMITS,
  'Images at URLs': FETCHES,
  'Who may call': ACCESS,
  'Logs and metrics': RECORDS,
  'A sample of the images': CAPTURE,
  'Uploads and jobs': JOBS,
  'Set by the stage, by Lambda or by the image': LAMBDA,
};
