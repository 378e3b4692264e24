#!/usr/local/bin/node
import process, { argv, env, execve } from 'node:process';
import { availableCpus } from '/var/task/available-cpus.mjs';

/**
 * The image's entrypoint, a Node.js module because the image has no shell. As in AWS's base images, on which
 * SAM and other emulators rely, the command is the name of a handler. In addition, the command "http" runs
 * the HTTP server. The entrypoint imports the program that it runs, so that Node.js starts only once.
 */
const [, self, ...command] = argv;

// The kernel does not deliver SIGTERM to the first process of a container unless the process handles it. If
// the program imported below installs a handler of its own, this one does nothing.
process.on('SIGTERM', () => {
  if (process.listenerCount('SIGTERM') === 1) process.exit();
});

// libuv's thread pool needs one thread per CPU to decode images, and two more for files and name lookups. The
// default is 4 threads. libuv reads the variable when the pool is first used, which is at the first import.
env.UV_THREADPOOL_SIZE ??= String(Math.ceil(availableCpus()) + 2);

if (command[0] === 'http') await import('/var/task/server.mjs');
else if (env.AWS_LAMBDA_RUNTIME_API) await import('/var/task/node_modules/aws-lambda-ric/index.mjs');
// The emulator starts this entrypoint again and sets the address of the runtime API.
else execve('/usr/local/bin/aws-lambda-rie', ['aws-lambda-rie', self, ...command], env);
