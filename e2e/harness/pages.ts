import type { Page } from "@playwright/test";
import { ADMIN } from "./nightjar.ts";

/** Signs a page in as the administrator without its form; throws when the server refuses. */
export async function signInPage(page: Page, baseUrl: string): Promise<void> {
  const response = await page.request.post(`${baseUrl}/api/auth/login`, { data: ADMIN });
  if (!response.ok()) throw new Error(`Signing in was refused: ${await response.text()}`);
}
