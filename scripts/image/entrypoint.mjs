#!/usr/local/bin/node
import { argv, env, execve } from 'node:process';

/**
 * The image's entrypoint: a module and not a script of a shell, because the image has no shell. It takes its command as
 * AWS's base images do, which SAM and other emulators rely on: the name of a handler. Beyond that, the command "http" runs
 * the HTTP server. What it runs it imports, so that Node.js starts once.
 */
const [, self, ...command] = argv;

if (command[0] === 'http') await import('/var/task/local.mjs');
else if (env.AWS_LAMBDA_RUNTIME_API) await import('/var/task/node_modules/aws-lambda-ric/index.mjs');
// The emulator starts this entrypoint again, with the address of the runtime API.
else execve('/usr/local/bin/aws-lambda-rie', ['aws-lambda-rie', self, ...command], env);
