import { chmodSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { enableCompileCache, flushCompileCache } from 'node:module';
import process, { argv, env, getuid } from 'node:process';

/**
 * Keeps V8's compiled code of the service in a folder, where NODE_COMPILE_CACHE finds it at every start. Run it as root
 * with the paths of the image, because Node.js finds the code of a file by its path.
 */
const [, , folder] = argv;

/** The users that read it: of this image, and of every Lambda function. Node.js has a folder for each. */
const USERS = [1000, 993];

// The entries are compiled and then refuse to start because of this.
env.PORT = 'none';
enableCompileCache(folder);
for (const name of ['server.mjs', 'index.mjs']) await import(`/var/task/${name}`).catch(() => {});
await import('/var/task/node_modules/sharp/dist/index.mjs');
flushCompileCache();

const own = readdirSync(folder).find((name) => name.endsWith(`-${getuid()}`));
if (!own) throw new Error(`expected a folder of compiled code in ${folder}, got none`);
const [first, ...others] = USERS.map((user) => own.replace(/\d+$/, String(user)));
renameSync(`${folder}/${own}`, `${folder}/${first}`);
for (const other of others) symlinkSync(first, `${folder}/${other}`);
// Node.js lets only the owner read its files.
for (const file of readdirSync(`${folder}/${first}`)) chmodSync(`${folder}/${first}/${file}`, 0o644);
process.exitCode = 0;
