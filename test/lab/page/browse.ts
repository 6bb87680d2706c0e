/** What people do on the lab's page, in a real Chromium. */

import type { Browser, Page } from 'playwright-core';

export const WAIT_MILLISECONDS_MAX = 120_000;

export interface Look {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly colorScheme?: 'dark' | 'light';
}

/** Opens the page as its newcomer does, and notes what the browser complains about. */
export async function openPage(
  browser: Browser,
  { url, width, height, colorScheme = 'light' }: Look,
): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme });
  page.setDefaultTimeout(WAIT_MILLISECONDS_MAX);
  const complaints: string[] = [];
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(line.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  await page.locator('.page').waitFor();
  return { page, complaints };
}

export const actAs = (page: Page, person: string): Promise<void> =>
  page.locator(`input[name="me"][value="${person}"]`).check();

export async function typeInChannel(page: Page, text: string): Promise<void> {
  await page.locator('.channel textarea').fill(text);
  await page.keyboard.press('Enter');
}

export const openPanel = (page: Page, panel: 'channel' | 'thread' | 'lab' | 'faults') =>
  page.locator(`.tab-${panel}`).click();

export const truthOf = (page: Page, vm: string, host: string) =>
  page.locator(`.vms tr[data-vm="${vm}"][data-runs-on="${host}"]`);
