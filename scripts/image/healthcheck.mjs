import { readFileSync } from 'node:fs';

// Only the HTTP server has a health endpoint; the emulator would treat the request as an invocation. The
// first process is the server or an init process added by the engine. The arguments of both contain the
// command "http".
const command = readFileSync('/proc/1/cmdline', 'utf8').split('\0');
if (command.includes('http')) {
  const response = await fetch(`http://127.0.0.1:${process.env.PORT || 8080}/ready`);
  process.exitCode = response.ok ? 0 : 1;
}
