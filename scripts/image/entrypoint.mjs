#!/usr/local/bin/node
import process, { argv, env, execve } from 'node:process';
import { availableCpus } from '/var/task/available-cpus.mjs';

/**
 * The image's entrypoint: a module and not a script of a shell, because the image has no shell. It takes its command as
 * AWS's base images do, which SAM and other emulators rely on: the name of a handler. Beyond that, the command "http" runs
 * the HTTP server. What it runs it imports, so that Node.js starts once.
 */
const [, self, ...command] = argv;

// The kernel keeps signals from the first process of a container as long as nobody handles them. What is imported below has
// a handler of its own, or needs none.
process.on('SIGTERM', () => {
  if (process.listenerCount('SIGTERM') === 1) process.exit();
});

// libuv's thread pool decodes one image on a thread, as many as there are CPUs at once; two more threads are for files and
// name lookups. By itself it has 4 everywhere. libuv reads the variable when the pool is first used, by the first import.
env.UV_THREADPOOL_SIZE ??= String(Math.ceil(availableCpus()) + 2);

if (command[0] === 'http') await import('/var/task/server.mjs');
else if (env.AWS_LAMBDA_RUNTIME_API) await import('/var/task/node_modules/aws-lambda-ric/index.mjs');
// The emulator starts this entrypoint again, with the address of the runtime API.
else execve('/usr/local/bin/aws-lambda-rie', ['aws-lambda-rie', self, ...command], env);
