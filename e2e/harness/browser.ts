import { type Browser, chromium } from "@playwright/test";

export type { Browser };

import config from "../playwright.config.ts";

/** The browser of the tests, for what is not one of them. Close it. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch(config.use?.launchOptions);
}
