import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { requireTool } from '../../tools.ts';
import { type ModalBot, moveView, option, startModalBot } from '../slack/modal-bot.ts';
import { CHANNEL, plain } from '../slack/rule-slack.ts';
import { actAs, openPage, typeInChannel } from './browse.ts';
import { type QuietLab, startQuietLab } from './quiet-lab.ts';

const SECONDS_MAX = 120;
const HOSTILE = '<img src=x onerror=alert(1)><b>bold</b>';
const ESCAPED = '&lt;img src=x onerror=alert(1)&gt;&lt;b&gt;bold&lt;/b&gt; &lt;!channel&gt;';
const chromiumPath = requireTool('chromium');

let lab: QuietLab;
let modals: ModalBot;
let browser: Browser;
let olga: Page;
let complaints: string[];

const rich = (elements: object[]) => ({ type: 'rich_text', elements });
const words = (text: string) => ({
  type: 'rich_text_section',
  elements: [{ type: 'text', text }],
});
const cell = (text: string) => ({ type: 'raw_text', text });

/** One of each block that the bot uses, and one that this page has no form for. */
const BLOCKS = [
  { type: 'header', text: plain(HOSTILE) },
  { type: 'section', text: { type: 'mrkdwn', text: `*Plan* for <@U-OPERATOR> ${ESCAPED}` } },
  { type: 'section', fields: [plain('left'), plain('right')] },
  { type: 'divider' },
  { type: 'context', elements: [{ type: 'mrkdwn', text: '_small_' }] },
  rich([{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: HOSTILE }] }]),
  rich([{ type: 'rich_text_list', style: 'bullet', elements: [words('first'), words('second')] }]),
  {
    type: 'table',
    rows: [
      [cell('VM'), cell('Host')],
      [cell(HOSTILE), cell('hv-a')],
    ],
  },
  { type: 'markdown', text: '## Heading\n- **strong** item' },
  { type: 'video', alt_text: 'a film' },
];

if (chromiumPath !== undefined) {
  beforeAll(async () => {
    lab = await startQuietLab();
    modals = await startModalBot(lab.slack);
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
    const opened = await openPage(browser, { url: lab.page.url, width: 1280, height: 900 });
    olga = opened.page;
    complaints = opened.complaints;
  }, SECONDS_MAX * 1000);

  afterAll(async () => {
    await browser.close();
    await modals.bot.stop();
    await lab[Symbol.asyncDispose]();
  }, SECONDS_MAX * 1000);

  describe('a message on the page', () => {
    it(
      'shows each block, and what looks like markup as the text that it is',
      async () => {
        const blocks = BLOCKS as never;
        await modals.client.chat.postMessage({ channel: CHANNEL, text: 'All blocks', blocks });
        const message = olga.locator('.message[data-author="U-FERRY"]').last();
        await message.locator('.block.video').waitFor();
        expect(await message.locator('img, b, script').count()).toBe(0);
        expect(await message.locator('h3').innerText()).toBe(HOSTILE);
        expect(await message.locator('pre').innerText()).toBe(HOSTILE);
        expect(await message.locator('td').first().innerText()).toBe(HOSTILE);
        const section = message.locator('.block.section').first();
        expect(await section.innerText()).toBe(`Plan for @olga ${HOSTILE} <!channel>`);
        expect(await section.locator('.mention').allInnerTexts()).toEqual(['@olga']);
        expect(await message.locator('li').allInnerTexts()).toEqual(['first', 'second']);
        expect(await message.locator('.block.markdown strong').allInnerTexts()).toEqual([
          'Heading',
          'strong',
        ]);
        expect(await message.locator('.block.video').innerText()).toContain('video');
      },
      SECONDS_MAX * 1000,
    );

    it(
      'has its files, for those who see it',
      async () => {
        const { client } = modals;
        await client.filesUploadV2({
          channel_id: CHANNEL,
          filename: 'log.txt',
          content: 'one line',
        });
        const downloading = olga.waitForEvent('download');
        await olga.locator('.file').click();
        const stream = await (await downloading).createReadStream();
        const chunks: Buffer[] = [];
        for await (const chunk of stream) chunks.push(chunk as Buffer);
        expect(Buffer.concat(chunks).toString()).toBe('one line');
      },
      SECONDS_MAX * 1000,
    );
  });

  describe('a modal on the page', () => {
    it(
      'is filled in by the keyboard, says what is wrong, and closes when all is right',
      async () => {
        modals.offer = { options: ['dc02', 'sql01'].map(option) };
        modals.response = { response_action: 'errors', errors: { vm: 'It is moving already' } };
        await typeInChannel(olga, '/move');
        const dialog = olga.locator('dialog[open]');
        await dialog.waitFor();
        const vm = dialog.locator('[role="combobox"]');
        await vm.focus();
        await olga.keyboard.type('sql');
        await dialog.locator('[role="option"]').nth(1).waitFor();
        await olga.keyboard.press('ArrowDown');
        await olga.keyboard.press('ArrowDown');
        await olga.keyboard.press('Enter');
        await dialog.locator('select').selectOption('hv-b');
        await dialog.locator('input[data-action="type"]').fill('soon');
        await olga.keyboard.press('Enter');
        await dialog.getByText('It is moving already').waitFor();

        modals.response = undefined;
        await dialog.locator('footer .primary').click();
        await dialog.waitFor({ state: 'detached' });
        const sent = modals.heard.filter(({ type }) => type === 'view_submission').at(-1);
        expect(sent?.view?.state.values).toMatchObject({
          vm: { pick: { selected_option: { value: 'sql01' } } },
          host: { pick: { selected_option: { value: 'hv-b' } } },
          note: { type: { value: 'soon' } },
        });
        expect(modals.heard.some(({ type }) => type === 'block_actions')).toBe(true);
      },
      SECONDS_MAX * 1000,
    );

    it(
      'belongs to one person, keeps the focus, and Escape closes it',
      async () => {
        modals.view = moveView({ notify_on_close: true });
        const zoe = (await openPage(browser, { url: lab.page.url, width: 390, height: 844 })).page;
        await actAs(zoe, 'U-STRANGER');
        await typeInChannel(olga, '/move');
        const dialog = olga.locator('dialog[open]');
        await dialog.waitFor();
        for (let tab = 0; tab < 12; tab++) {
          await olga.keyboard.press('Tab');
          const where = 'document.activeElement.closest("dialog, .page")?.tagName ?? "none"';
          expect(['DIALOG', 'none']).toContain(await olga.evaluate(where));
        }
        expect(await zoe.locator('dialog').count()).toBe(0);
        await olga.keyboard.press('Escape');
        await dialog.waitFor({ state: 'detached' });
        expect(modals.heard.at(-1)?.type).toBe('view_closed');
        await zoe.close();
      },
      SECONDS_MAX * 1000,
    );
  });

  describe('the page', () => {
    it('ran without a complaint of the browser, its own security policy included', () => {
      expect(complaints).toEqual([]);
    });
  });
}
