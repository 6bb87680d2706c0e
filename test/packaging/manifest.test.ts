import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

const root = join(import.meta.dirname, '../..');
const read = (name: string): string => readFileSync(join(root, name), 'utf8');
const json: unknown = JSON.parse(read('manifest.json'));

/** Slack's fields with their limits (docs.slack.dev/reference/app-manifest), as far as we use them. */
const schema = z
  .strictObject({
    _metadata: z.strictObject({ major_version: z.literal(1), minor_version: z.literal(1) }),
    display_information: z.strictObject({
      name: z.string().min(1).max(35),
      description: z.string().max(140),
      long_description: z.string().min(174).max(4000),
      background_color: z.string().regex(/^#([0-9a-f]{3}){1,2}$/i),
    }),
    features: z.strictObject({
      // Slack refuses a manifest with bot scopes and without a bot user.
      bot_user: z.strictObject({
        display_name: z.string().regex(/^[a-z0-9._-]{1,80}$/),
        always_online: z.boolean(),
      }),
      slash_commands: z
        .array(
          z.strictObject({
            command: z.string().regex(/^\/[a-z0-9_-]{1,31}$/),
            description: z.string().min(1).max(2000),
            usage_hint: z.string().max(1000),
            // So that a typed @name arrives as an id that its owner cannot change.
            should_escape: z.literal(true),
          }),
        )
        .max(50),
    }),
    oauth_config: z.strictObject({
      scopes: z.strictObject({
        bot: z.array(z.string().regex(/^[a-z_]+(:[a-z.]+)*$/)).max(255),
        bot_optional: z.array(z.string()).max(255),
      }),
    }),
    settings: z.strictObject({
      event_subscriptions: z.strictObject({ bot_events: z.array(z.string()).max(100) }),
      interactivity: z.strictObject({ is_enabled: z.literal(true) }),
      org_deploy_enabled: z.literal(false),
      // No address of ours that Slack calls, so no request_url anywhere.
      socket_mode_enabled: z.literal(true),
      token_rotation_enabled: z.literal(false),
    }),
  })
  .refine(
    ({ oauth_config: { scopes } }) => scopes.bot_optional.every((one) => scopes.bot.includes(one)),
    'Optional scopes must also be listed in bot',
  );
const manifest = schema.parse(json);
const { scopes } = manifest.oauth_config;

/** Which scopes let a bot call a method; one of them is enough. Of a kind, all are in use. */
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  'auth.test': [],
  'apps.connections.open': [],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'files.completeUploadExternal': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.publish': [],
  'views.push': [],
  'views.update': [],
};
const EVENT_NEEDS: Readonly<Record<string, string>> = { app_mention: 'app_mentions:read' };

const sources = readdirSync(join(root, 'src/slack'), { recursive: true })
  .map((name) => join('src/slack', String(name)))
  .filter((name) => name.endsWith('.ts'))
  .map(read)
  .join('\n');
const found = (pattern: RegExp): string[] =>
  [...new Set([...sources.matchAll(pattern)].map(([, name]) => String(name)))].toSorted();
const called = found(/\w*[cC]lient\s*\.((?:\w+\s*\.\s*)+\w+|apiCall)\(/g).map((name) =>
  name.replace(/\s/g, ''),
);

describe('manifest.json', () => {
  const { features, settings } = manifest;
  it.each([
    ['no bot user', { features: { slash_commands: features.slash_commands } }],
    ['an address that Slack should call', { settings: { ...settings, request_url: 'https://x' } }],
    [
      'a display name with capitals',
      { features: { ...features, bot_user: { ...features.bot_user, display_name: 'Ferry' } } },
    ],
    ['an unknown field', { functions: {} }],
    ['an optional scope alone', { oauth_config: { scopes: { ...scopes, bot_optional: ['a:b'] } } }],
  ])('would be refused with %s', (_, change) => {
    expect(schema.safeParse({ ...manifest, ...change }).success).toBe(false);
    expect(schema.safeParse(json).success).toBe(true);
  });

  it('has the scopes of every method that the bot calls', () => {
    expect(called).toEqual(expect.arrayContaining(['auth.test', 'chat.postMessage']));
    expect(called.filter((method) => NEEDS[method] === undefined)).toEqual([]);
    const needed = called.flatMap((method) => NEEDS[method] ?? []);
    expect(needed.filter((scope) => !scopes.bot.includes(scope))).toEqual([]);
  });

  it('asks for nothing that no method, event or command uses', () => {
    const { slash_commands: commands } = manifest.features;
    const used = new Set([
      ...called.flatMap((method) => NEEDS[method] ?? []),
      ...manifest.settings.event_subscriptions.bot_events.map((event) => EVENT_NEEDS[event]),
      ...(commands.length > 0 ? ['commands'] : []),
    ]);
    expect(scopes.bot.filter((scope) => !used.has(scope))).toEqual([]);
  });

  it('subscribes to exactly the events that the bot listens to', () => {
    const { bot_events: events } = manifest.settings.event_subscriptions;
    expect(found(/\.event\('([a-z_.]+)'/g)).toEqual(events.toSorted());
  });
});

describe('docs/slack-setup.md', () => {
  const page = read('docs/slack-setup.md');
  const rows = [...page.matchAll(/^\| `([a-z_:.]+)` \| (.+) \|$/gm)].map(
    ([, scope = '', reason = '']) => ({ scope, reason }),
  );

  it('gives a reason for each scope, and says which are optional', () => {
    expect(rows.map(({ scope }) => scope)).toEqual(scopes.bot);
    for (const { scope, reason } of rows) {
      expect(reason.length).toBeGreaterThan(20);
      expect(reason.startsWith('optional')).toBe(scopes.bot_optional.includes(scope));
    }
  });

  it('names only variables that exist', () => {
    const known = [...read('.env.example').matchAll(/^#?([A-Z][A-Z_]+)=/gm)].map(
      ([, name]) => name,
    );
    const others = ['REDIS_PASSWORD', 'REDIS_BIND', 'NODE_EXTRA_CA_CERTS'];
    const named = [...page.matchAll(/\b((?:FERRY|SLACK|STORE|REDIS|NODE)_[A-Z_]+)\b/g)].map(
      ([, name]) => name,
    );
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => ![...known, ...others].includes(name))).toEqual([]);
  });

  it('starts Redis as compose.yaml does', () => {
    expect(page).toContain('--appendonly yes --appendfsync always --maxmemory-policy noeviction');
  });
});
