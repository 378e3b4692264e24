/** Imported before an entry, it makes sharp fail to load, as with a missing or damaged libvips. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve(specifier, context, next) {
    if (specifier === 'sharp') throw new Error('libvips-cpp.so: cannot open shared object file');
    return next(specifier, context);
  },
});
