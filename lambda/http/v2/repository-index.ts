import type { Gate } from '../../budget/gate.ts';
import type { ModelAccess } from '../../prediction/model-access.ts';
import type { Models } from '../../prediction/models.ts';
import { parseSmallObject } from '../body/json/small-object.ts';
import { bodySource } from '../body/source.ts';
import { withDecodedBody } from '../encoding/decoded-body.ts';
import { inOneStep, parsing } from '../loop-share.ts';
import { fieldOf, optionalBoolean } from './request/values.ts';
import type { ProtocolHandler } from './serve.ts';
import { servedModels } from './served-models.ts';

/** The body is `{}` or `{"ready": true}`. Some clients send none. */
const MAX_BYTES = 16 * 1024;

/** Triton's names of the states. */
const STATES = {
  ready: { state: 'READY', reason: '' },
  loading: { state: 'LOADING', reason: '' },
  failed: { state: 'UNAVAILABLE', reason: 'The model could not be loaded.' },
} as const satisfies Record<ReturnType<ModelAccess['state']>, object>;

export const indexHandler =
  (models: Models, gate: Gate): ProtocolHandler =>
  async (c) => {
    const source = bodySource(c);
    const isReadyOnly = await withDecodedBody(source, { gate, maxBytes: MAX_BYTES }, (body) =>
      parsing.run(
        inOneStep(() => readyOnly(Buffer.from(body).toString())),
        source.signal,
      ),
    );
    const known = await servedModels(models);
    return known
      .filter(({ access }) => !isReadyOnly || access.state() === 'ready')
      .map(({ name, version, access }) => ({ name, version, ...STATES[access.state()] }));
  };

function readyOnly(text: string): boolean {
  if (text.trim() === '') return false;
  return optionalBoolean(fieldOf(parseSmallObject(text), 'ready'), 'body.ready') ?? false;
}
