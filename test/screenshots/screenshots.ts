/**
 * Makes the pictures of the README: a lab in a temporary folder, a migration by two people in a
 * real Chromium. `npm run screenshots`; CHROMIUM_PATH names another browser than Debian's.
 */

import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type Lab, startLab } from '../../src/lab/machine.ts';
import { startLabPage } from '../../src/lab/page/page-server.ts';
import { enrolHosts } from '../../src/lab/session.ts';
import { actAs, openPage, truthOf, typeInChannel } from '../lab/page/browse.ts';

const IMAGES = join(import.meta.dirname, '../../docs/images');
const DESK = { width: 1280, height: 940 } as const;
const PHONE = { width: 390, height: 780 } as const;
/** The plots need some points, and the bot its last edit. */
const SETTLED_MILLISECONDS = 8_000;

async function main(): Promise<void> {
  await mkdir(IMAGES, { recursive: true });
  const directory = await mkdtemp(join(tmpdir(), 'ferry-screenshots-'));
  const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  let lab: Lab | undefined;
  try {
    lab = await startLab({ directory });
    await enrolHosts(lab);
    const site = await startLabPage(lab);
    try {
      await takeAll(browser, site.url);
    } finally {
      await site.close();
    }
  } finally {
    await browser.close();
    await lab?.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function takeAll(browser: Browser, url: string): Promise<void> {
  const { page } = await openPage(browser, { url, ...DESK });
  await actAs(page, 'U-STRANGER');
  await page.waitForTimeout(SETTLED_MILLISECONDS);
  await actAs(page, 'U-OPERATOR');
  await typeInChannel(page, '/migrate dc02 to hv-b');
  const approve = page.locator('.channel [data-action="ferry.approve"]');
  await approve.waitFor();
  await actAs(page, 'U-APPROVER');
  await page.waitForTimeout(SETTLED_MILLISECONDS);
  await scrolledTo(page, '.message:has([data-action="ferry.approve"])', 'start');
  await take(page, 'approval');
  await takePhone(browser, url);
  await approve.click();
  await page.locator('dialog[open] button').last().click();
  await truthOf(page, 'dc02', 'hv-b').waitFor();
  await page.waitForTimeout(SETTLED_MILLISECONDS);
  await page.locator('details[data-vm="dc02"] summary').click();
  await scrolledTo(page, '.messages > :last-child', 'end');
  await take(page, 'migrated');
  await page.close();
}

async function takePhone(browser: Browser, url: string): Promise<void> {
  const { page } = await openPage(browser, { url, ...PHONE, colorScheme: 'dark' });
  await actAs(page, 'U-APPROVER');
  await page.locator('.channel [data-action="ferry.approve"]').waitFor();
  await scrolledTo(page, '.message:has([data-action="ferry.approve"])', 'end');
  await take(page, 'phone');
  await page.close();
}

/** A list goes to its end as its messages come; only then it is scrolled elsewhere. */
async function scrolledTo(page: Page, selector: string, block: 'start' | 'end'): Promise<void> {
  const place = JSON.stringify(`.channel ${selector}`);
  await page.waitForTimeout(SETTLED_MILLISECONDS / 4);
  await page.evaluate(`document.querySelector(${place}).scrollIntoView({ block: '${block}' })`);
}

async function take(page: Page, name: string): Promise<void> {
  // Nothing that only the mouse brings about.
  await page.mouse.move(0, 0);
  const path = join(IMAGES, `${name}.png`);
  await page.screenshot({ path });
  process.stdout.write(`${path}\n`);
}

await main();
