import { expect, test } from "@playwright/test";
import { ADMIN, type Nightjar, printedSetupCode, startNightjar } from "../../harness/nightjar.ts";
import { waitFor } from "../../harness/wait.ts";
import { startCameras, stopCameras } from "../../rig/cameras.ts";
import { makeSmallScene } from "../../rig/scene.ts";

const PASSWORD = "s3cret p@ss:w/rd&%";

test("the printed setup code leads to an administrator, a tried camera, and its recording; then signing in works", async ({
  page,
}, info) => {
  const scene = await makeSmallScene();
  const auth = { method: "digest", username: "viewer", password: PASSWORD } as const;
  const cameras = await startCameras([{ scene, auth }]);
  const nightjar = await startNightjar({ withAdmin: false });
  const keep = async (name: string) => {
    const path = info.outputPath(`${name}.png`);
    await page.screenshot({ path, fullPage: true });
    await info.attach(name, { path });
  };
  try {
    await page.goto(nightjar.baseUrl);
    await expect(page).toHaveURL(/first-run/);
    await makeAdministrator(page, "WRNG-WRNG-WRNG");
    await expect(page.getByText("That is not the setup code")).toBeVisible();
    await keep("setup-code-wrong");
    await makeAdministrator(page, await codeOf(nightjar));

    await page.getByLabel("Stream address").fill(cameras[0]?.url ?? "");
    await page.getByLabel("User name").fill("viewer");
    await page.getByLabel("Password", { exact: true }).fill("not this one");
    await page.getByLabel("Name", { exact: true }).fill("Gate");
    await expect(page.getByRole("alert")).toContainText(/refuse/);
    await keep("probe-refused");
    await page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await page.getByLabel("Name", { exact: true }).focus();
    const probed = page.getByRole("region", { name: "What the camera sends" });
    await expect(probed).toContainText("320 × 184");
    await expect(probed).toContainText("10 fps");
    await expect(probed.getByRole("img", { name: "Picture of the stream" })).toBeVisible();
    await keep("camera-probed");
    await page.getByRole("button", { name: "Add camera" }).click();
    await expect(page.getByText("Gate is being recorded")).toBeVisible({ timeout: 20_000 });
    await keep("first-recording");

    await page.getByRole("link", { name: "All devices" }).click();
    await expect(page.getByTestId("camera-1")).toContainText("Gate");
    await expect(page.getByTestId("camera-1")).toContainText("Recording");
    await keep("devices");

    await page.getByRole("button", { name: /^Account/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("User name").fill(ADMIN.username);
    await page.getByLabel("Password", { exact: true }).fill("not this one at all");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText("User name, password or one-time code is wrong.")).toBeVisible();
    await keep("sign-in-refused");
    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByTestId("timeline")).toBeVisible();
  } finally {
    await nightjar.stop();
    await stopCameras(cameras);
  }

  async function makeAdministrator(form: typeof page, code: string): Promise<void> {
    await form.getByLabel("Setup code").fill(code);
    await form.getByLabel("User name").fill(ADMIN.username);
    await form.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await form.getByLabel("Repeat password").fill(ADMIN.password);
    await form.getByRole("button", { name: "Create administrator" }).click();
  }
});

function codeOf(nightjar: Nightjar): Promise<string> {
  const onTimeout = () => nightjar.logText();
  return waitFor("the setup code", () => printedSetupCode(nightjar.logText()), { withinMs: 5000, onTimeout });
}
