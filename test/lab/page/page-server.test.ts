import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type QuietLab, startQuietLab } from './quiet-lab.ts';

interface Answer {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let lab: QuietLab;
let url: URL;
let cookie: string;

beforeAll(async () => {
  lab = await startQuietLab();
  url = new URL(lab.page.url);
  const { headers } = await ask({ path: `/${url.search}` });
  cookie = String(headers['set-cookie']).split(';')[0] ?? '';
});

afterAll(async () => lab[Symbol.asyncDispose]());

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** `fetch` would set Host and Origin itself. */
function ask({ path, method = 'GET', headers = {}, body }: Asked): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const { hostname, port } = url;
  const sent = httpRequest({ hostname, port, path, method, headers }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => {
      const { statusCode: status, headers: got } = response;
      resolve({ status, headers: got, body: Buffer.concat(chunks).toString() });
    });
  });
  sent.once('error', reject);
  sent.end(body);
  return promise;
}

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  ask({
    path,
    method: 'POST',
    body,
    headers: { cookie, origin: url.origin, 'content-type': 'application/json', ...headers },
  });

describe('the door of the page', () => {
  it('opens for the token of the URL, and gives a cookie that scripts and other sites cannot use', async () => {
    const { status, headers, body } = await ask({ path: `/${url.search}` });
    expect(status).toBe(200);
    expect(body).toContain('<div id="page">');
    expect(String(headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Strict; Path=\/$/);
    expect(String(headers['set-cookie'])).not.toContain(url.searchParams.get('token'));
  });

  it('stays shut for a wrong token, no cookie, and a wrong cookie', async () => {
    const wrong = cookie.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect((await ask({ path: '/?token=wrong' })).status).toBe(401);
    expect((await ask({ path: '/?token=wrong', headers: { cookie } })).status).toBe(401);
    for (const path of ['/', '/client/main.ts', '/events?as=U-OPERATOR', '/file?as=x&id=y']) {
      expect((await ask({ path })).status).toBe(401);
      expect((await ask({ path, headers: { cookie: wrong } })).status).toBe(401);
    }
  });

  it('stays shut under a name that is not its own, whatever else is right', async () => {
    for (const host of ['evil.example', `evil.example:${url.port}`, '127.0.0.1', 'localhost:1']) {
      const headers = { cookie, host, origin: `http://${host}` };
      expect((await ask({ path: `/${url.search}`, headers })).status).toBe(403);
      expect((await post('/api/check', '{}', { host, origin: `http://${host}` })).status).toBe(403);
    }
    const headers = { cookie, host: `localhost:${url.port}` };
    expect((await ask({ path: '/', headers })).status).toBe(200);
  });

  it('does nothing for another site, or for one that does not say where it comes from', async () => {
    const body = JSON.stringify({ id: 'kill-bot' });
    for (const origin of ['http://evil.example', `http://localhost:${url.port}`, 'null']) {
      expect((await post('/api/fault', body, { origin })).status).toBe(403);
    }
    const headers = { cookie, 'content-type': 'application/json' };
    const silent = await ask({ path: '/api/fault', method: 'POST', body, headers });
    expect(silent.status).toBe(403);
    expect((await post('/api/fault', body, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    const foreign = { cookie, 'sec-fetch-site': 'same-site' };
    expect((await ask({ path: '/events?as=U-OPERATOR', headers: foreign })).status).toBe(403);
    expect(lab.deeds).toEqual([]);
    expect((await post('/api/fault', body)).status).toBe(200);
    expect(lab.deeds).toEqual(['kill bot', 'start bot']);
  });

  it('serves its fixed files and no path from outside', async () => {
    for (const path of ['/client/main.ts', '/page.css', '/lib/preact.js', '/lib/htm-preact.js']) {
      expect((await ask({ path, headers: { cookie } })).status).toBe(200);
    }
    const foreign = [
      '/client/../guards.ts',
      '/client/%2e%2e/guards.ts',
      '/client//main.ts',
      '/../package.json',
      '/lib/constructor',
      '/client/tsconfig.json',
      '//evil.example/',
    ];
    for (const path of foreign) {
      expect((await ask({ path, headers: { cookie } })).status).toBe(404);
    }
    expect((await post('/api/constructor', '{}')).status).toBe(404);
    expect((await post('/events', '{}')).status).toBe(404);
    expect((await ask({ path: '/', method: 'PUT', headers: { cookie } })).status).toBe(405);
  });

  it('lets a browser run nothing but its own scripts, and no page frame it', async () => {
    const { headers } = await ask({ path: '/', headers: { cookie } });
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/script-src 'self' 'sha256-[^']+';/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });
});

describe('a request of the page', () => {
  it('is refused when it is too long, no JSON, or of another form', async () => {
    const long = JSON.stringify({ as: 'U-OPERATOR', typed: 'x'.repeat(300_000) });
    expect((await post('/api/say', long)).status).toBe(413);
    expect((await post('/api/say', '{')).status).toBe(400);
    expect((await post('/api/say', '{"as":"U-OPERATOR"}')).status).toBe(400);
    expect((await post('/api/say', '{}', { 'content-type': 'text/plain' })).status).toBe(415);
  });

  it('is answered in words when the lab refuses it', async () => {
    const said = { as: 'U-NOBODY', typed: 'hello', channel: 'C-MIGRATIONS' };
    const { status, body } = await post('/api/say', JSON.stringify(said));
    expect(status).toBe(400);
    expect(JSON.parse(body)).toEqual({
      text: expect.stringContaining('U-NOBODY'),
      remedy: expect.stringContaining('U-OPERATOR'),
    });
    const fault = await post('/api/fault', JSON.stringify({ id: 'earthquake' }));
    expect(JSON.parse(fault.body).text).toContain('earthquake');
  });

  it('switches what it names, and the page is told so', async () => {
    const unplug = (on: boolean) => post('/api/fault', JSON.stringify({ id: 'unplugged', on }));
    expect((await unplug(true)).status).toBe(200);
    expect(await firstTruth()).toMatchObject({ switchedOn: ['unplugged'] });
    expect((await unplug(false)).status).toBe(200);
    expect(await firstTruth()).toMatchObject({ switchedOn: [] });
  });
});

/** The next look that the page tells of. */
async function firstTruth(): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const { hostname, port } = url;
  const path = '/events?as=U-OPERATOR';
  let looks = 0;
  const sent = httpRequest({ hostname, port, path, headers: { cookie } }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      // The first may be from before.
      for (const [whole, data = ''] of text.matchAll(/event: truth\ndata: (.*)\n\n/g)) {
        text = text.replace(whole, '');
        looks += 1;
        if (looks === 2) resolve(JSON.parse(data));
      }
    });
  });
  sent.once('error', reject);
  sent.end();
  try {
    return await promise;
  } finally {
    sent.destroy();
  }
}
