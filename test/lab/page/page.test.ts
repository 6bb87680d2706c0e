import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Browser, chromium, type Page } from 'playwright-core';
import { check } from '../../../src/lab/checker.ts';
import { type Lab, startLab } from '../../../src/lab/machine.ts';
import { type LabPage, startLabPage } from '../../../src/lab/page/page-server.ts';
import { enrolHosts } from '../../../src/lab/session.ts';
import { wrongWith, wrongWithTarget } from '../../../src/lab/verdict.ts';
import { requireTool } from '../../tools.ts';
import { actAs, openPage, openPanel, truthOf, typeInChannel } from './browse.ts';

const SECONDS_MAX = 300;
const chromiumPath = requireTool('chromium');

let directory: string;
let lab: Lab | undefined;
let site: LabPage | undefined;
let browser: Browser | undefined;
const complaints: string[] = [];

async function open(width: number, height: number): Promise<Page> {
  if (!browser || !site) throw new Error('The page was not started');
  const opened = await openPage(browser, { url: site.url, width, height });
  opened.page.on('close', () => complaints.push(...opened.complaints));
  return opened.page;
}

const overflow = (page: Page) => page.evaluate('document.documentElement.scrollWidth - innerWidth');

if (chromiumPath !== undefined) {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ferry-page-'));
    const starting = startLab({ directory });
    browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
    lab = await starting;
    await enrolHosts(lab);
    site = await startLabPage(lab);
  }, SECONDS_MAX * 1000);

  afterAll(async () => {
    await browser?.close();
    await site?.close();
    await lab?.stop();
    await rm(directory, { recursive: true, force: true });
  }, SECONDS_MAX * 1000);

  describe('the page of a whole lab', () => {
    it('lets an operator ask and an approver approve, and the VM then runs elsewhere, whole', async () => {
      const [olga, zoe] = [await open(1280, 900), await open(1280, 900)];
      await actAs(zoe, 'U-STRANGER');

      await typeInChannel(olga, '/migrate <!channel> & <b>flibber</b>');
      const answer = olga.locator('.message.ephemeral').last();
      await answer.getByText('flibber').waitFor();
      expect(await olga.locator('.channel b').count()).toBe(0);

      await typeInChannel(zoe, '/migrate dc02 to hv-b');
      const refused = zoe.locator('.message.ephemeral');
      await refused.waitFor();
      expect(await refused.count()).toBe(1);

      await typeInChannel(olga, '/migrate dc02 to hv-b');
      const approve = '.channel [data-action="ferry.approve"]';
      await olga.locator(approve).waitFor();
      expect(await olga.locator('.messages').innerText()).not.toContain('dc02 to hv-b\nzoe');
      expect(await zoe.locator('.message.ephemeral').count()).toBe(1);
      expect(await zoe.locator('.message.ephemeral').innerText()).not.toContain('flibber');

      await actAs(olga, 'U-APPROVER');
      await olga.locator(approve).click();
      const dialog = olga.locator('dialog[open]');
      await dialog.waitFor();
      await olga.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
      await olga.locator(approve).click();
      await dialog.locator('button').last().click();

      await truthOf(olga, 'dc02', 'hv-b').waitFor();
      await olga.locator('[data-host="hv-b"] [data-vm="dc02"][data-running="true"]').waitFor();
      await olga.locator('[data-host="hv-a"] [data-vm="dc02"]').waitFor({ state: 'detached' });
      const report = await check(directory);
      expect(wrongWith(report, 'dc02', 'hv-b')).toEqual([]);
      expect(wrongWithTarget(report, 'dc02', 'hv-b')).toEqual([]);
      await olga.close();
      await zoe.close();
      expect(complaints).toEqual([]);
    }, 240_000);

    it('scrolls sideways in no panel of a phone', async () => {
      const phone = await open(390, 844);
      await phone.locator('.message .reply, .message .thread-link').last().click();
      await phone.locator('.thread .message').first().waitFor();
      expect(await overflow(phone)).toBeLessThanOrEqual(0);
      for (const panel of ['channel', 'lab', 'faults'] as const) {
        await openPanel(phone, panel);
        await phone
          .locator(panel === 'channel' ? '.composer' : '.card')
          .first()
          .waitFor();
        expect(await overflow(phone)).toBeLessThanOrEqual(0);
      }
      await phone.close();
    }, 120_000);

    it('lets the keyboard alone open a thread and answer in it', async () => {
      const page = await open(1280, 900);
      const link = page.locator('.message .reply, .message .thread-link').last();
      await link.focus();
      await page.keyboard.press('Enter');
      const reply = page.locator('.thread textarea');
      await reply.focus();
      await page.keyboard.type('Thank you, *all*');
      await page.keyboard.press('Enter');
      const bold = page.locator('.thread .message').last().locator('strong', { hasText: 'all' });
      await bold.waitFor();
      expect(await lab?.slack.messages()).toContainEqual(
        expect.objectContaining({ text: 'Thank you, *all*', author: 'U-OPERATOR' }),
      );
      await page.close();
    }, 120_000);
  });
}
