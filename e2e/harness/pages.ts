import { expect, type Locator, type Page } from "@playwright/test";
import { ADMIN } from "./nightjar.ts";

/** Signs a page in as the administrator without its form; throws when the server refuses. */
export async function signInPage(page: Page, baseUrl: string): Promise<void> {
  const response = await page.request.post(`${baseUrl}/api/auth/login`, { data: ADMIN });
  if (!response.ok()) throw new Error(`Signing in was refused: ${await response.text()}`);
}

/** More stops of the Tab key than any page has before what a person is after. */
const MOST_TABS = 80;

/** Goes to an element by the Tab key alone; throws when Tab does not lead there. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let pressed = 0; pressed < MOST_TABS; pressed += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not lead to ${target}.`);
}

/** Opens a select, which Tab reaches, and takes an option of it by the arrow keys. */
export async function chooseByKeyboard(page: Page, select: Locator, option: string): Promise<void> {
  await tabTo(page, select);
  await page.keyboard.press("Enter");
  const wanted = page.getByRole("option", { name: option, exact: true });
  await expect(wanted).toBeVisible();
  // A list that has opened sets its own place by a timer: keys that come before that, as no person's do, are forgotten.
  await page.evaluate(() => new Promise((passed) => setTimeout(passed)));
  for (let pressed = 0; pressed < MOST_TABS; pressed += 1) {
    if ((await wanted.getAttribute("data-combobox-selected")) !== null) break;
    await page.keyboard.press("ArrowDown");
  }
  await page.keyboard.press("Enter");
  await expect(select).toHaveValue(option);
}
