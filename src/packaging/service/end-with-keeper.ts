/**
 * Loaded before the worker (`--import`): Windows has no SIGTERM, so the keeper asks the worker to end
 * by closing their channel. A keeper that dies closes it too, and no worker is left without one.
 */

process.once('disconnect', () => process.emit('SIGTERM', 'SIGTERM'));
// The channel alone keeps no worker alive that has ended its work.
process.channel?.unref();
