import { z } from 'zod';
import { integer, number, orOff } from './field.ts';

/** Which share of the classified images is kept, and for how long. */
export const inputCaptureSchema = orOff(
  z.strictObject({
    percent: number(0.01, 100, 'percent').describe('The share of the classified images.'),
    keepDays: integer(1, 365, 'days').describe('After this time they are deleted.'),
  }),
  'an object with percent and keepDays',
);
