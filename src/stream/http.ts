/** What hosts' questions need of HTTP. */

// An `import` of it would read all that it exports, and with that load Node's own fetch: a tenth of a
// second and 4 MiB for each process.
export const { createServer, request } = process.getBuiltinModule('node:http');
