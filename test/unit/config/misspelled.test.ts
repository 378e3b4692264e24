import { describe, expect, test } from 'vitest';
import { environmentSchema } from '../../../lambda/config/environment.ts';
import { findMisspelled } from '../../../lambda/config/misspelled.ts';
import { hookEnvironmentSchema, probeEnvironmentSchema } from '../../../lambda/operations/settings.ts';
import { FOREIGN_NAMES } from './foreign-names.ts';

const SETTINGS = Object.keys(environmentSchema.shape);
const ALL_SETTINGS = [
  ...SETTINGS,
  ...Object.keys(hookEnvironmentSchema.shape),
  ...Object.keys(probeEnvironmentSchema.shape),
];

describe('findMisspelled', () => {
  test.each([
    ['MAX_PIXEL', 'MAX_PIXELS'],
    ['MAX_PIXLES', 'MAX_PIXELS'],
    ['max_pixels', 'MAX_PIXELS'],
    ['MAX_IMAGES_BYTES', 'MAX_IMAGE_BYTES'],
    ['MAXIMAGE_BYTES', 'MAX_IMAGE_BYTES'],
    ['MEMORY_LIMIT_MB', 'MEMORY_LIMIT_MIB'],
    ['REQEUST_TIMEOUT_MS', 'REQUEST_TIMEOUT_MS'],
    ['URL_TIMEOUT_S', 'URL_TIMEOUT_MS'],
    ['log_level', 'LOG_LEVEL'],
    ['MAX_CONNECTION', 'MAX_CONNECTIONS'],
    ['MAX_ADRESS_PERCENT', 'MAX_ADDRESS_PERCENT'],
    ['REQUEST_TIMOUT_MS', 'REQUEST_TIMEOUT_MS'],
    ['INTRA_OP_THREAD', 'INTRA_OP_THREADS'],
    ['LOG_LEVLE', 'LOG_LEVEL'],
    ['MAX_SIDES', 'MAX_SIDE'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['CAPTURE_BUCKETS', 'CAPTURE_BUCKET'],
  ])('%s means %s', (name, nearest) => {
    expect(findMisspelled([name, 'PATH'], SETTINGS)).toEqual([{ name, nearest }]);
  });

  test('every setting is known by its own name', () => {
    expect(findMisspelled(ALL_SETTINGS, ALL_SETTINGS)).toEqual([]);
  });

  test.each(Object.entries(FOREIGN_NAMES))('leaves the variables of %s alone', (_, names) => {
    expect(findMisspelled(names, ALL_SETTINGS)).toEqual([]);
  });

  test.each([
    'LOGLEVEL',
    'KLOG_LEVEL',
    'GLOG_LEVEL',
    'MAX_SIZE',
    'MAX_SLIDE',
    'MODELS_DIR',
    'MODEL_DIM',
    'INTER_OP_THREADS',
    'SQL_TIMEOUT_MS',
    'SSL_TIMEOUT_MS',
    'TTL_TIMEOUT_MS',
    'CURL_TIMEOUT_MS',
    'UI_TIMEOUT_MS',
    'URI_TIMEOUT_MS',
    'POST',
    'PORTS',
    '_',
    '',
  ])('leaves %j alone, which other programs may read', (name) => {
    expect(findMisspelled([name], ALL_SETTINGS)).toEqual([]);
  });

  test('leaves the environment of this process alone', () => {
    expect(findMisspelled(Object.keys(process.env), SETTINGS)).toEqual([]);
  });
});
