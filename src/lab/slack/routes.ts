/** Which part of the stand-in answers which HTTP path. */

import type { Server } from 'node:http';
import {
  type ApiParts,
  type Exchange,
  sendJson,
  serveMethod,
  serveResponseUrl,
  serveUpload,
} from './api-server.ts';
import type { ControlCore } from './control.ts';
import { hasControlToken, serveControl } from './control-server.ts';

interface Served {
  readonly api: ApiParts;
  readonly core: ControlCore;
}

export function serveRequests(server: Server, served: Served): void {
  server.on('request', (request, response) => {
    const exchange = { request, response };
    route(served, exchange).catch((error: unknown) => {
      // A client that was killed gets no answer; anything else is a bug, and says so there.
      if (!response.headersSent) sendJson(response, 500, { ok: false, error: String(error) });
    });
  });
}

async function route({ api, core }: Served, exchange: Exchange): Promise<void> {
  const { pathname } = new URL(exchange.request.url ?? '/', 'http://127.0.0.1');
  const [, area, name = '', ...rest] = pathname.split('/');
  const { controlToken } = api.workspace.identity;
  if (area === 'files' && rest.length === 1) return serveFile(api, name, exchange);
  if (rest.length > 0) return sendJson(exchange.response, 404, {});
  if (area === 'api') return serveMethod(api, name, exchange);
  if (area === 'response') return serveResponseUrl(api, name, exchange);
  if (area === 'upload') return serveUpload(api, name, exchange);
  if (area === 'lab') return serveControl({ core, controlToken }, name, exchange);
  sendJson(exchange.response, 404, {});
}

/** A get of `/files/<id>/<name>` with the control token: the content as it was uploaded. */
function serveFile({ workspace }: ApiParts, id: string, { request, response }: Exchange): void {
  const isAllowed = hasControlToken(request, workspace.identity.controlToken);
  const content = isAllowed ? workspace.files.read(id) : undefined;
  if (content) {
    // The lab's page must never run what a file holds.
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'x-content-type-options': 'nosniff',
    });
    response.end(content);
  } else {
    sendJson(response, isAllowed ? 404 : 401, {});
  }
}
