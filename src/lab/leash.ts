/**
 * Loaded before each of the lab's programs: when the lab is gone, however it went, the program ends.
 * The lab holds the other end of stdin and never writes to it.
 */

process.stdin.on('end', () => process.kill(process.pid, 'SIGTERM')).resume();
// Waiting for the lab's end is no reason to stay.
if ('unref' in process.stdin) process.stdin.unref();
