import { text } from '../command/options.ts';

export const tagOption = text('TAG', { help: 'the tag: v and a version, such as v1.2.3', required: true });
