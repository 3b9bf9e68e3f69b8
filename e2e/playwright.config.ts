import { defineConfig } from "@playwright/test";

const CHROMIUM_ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

export default defineConfig({
  globalSetup: "./global-setup.ts",
  outputDir: "./test-results",
  // Of each project one file at a time: the tests share the machine with cameras that must not miss a frame.
  workers: 2,
  fullyParallel: false,
  forbidOnly: true,
  timeout: 120_000,
  expect: { timeout: 15_000 },
  reporter: [["list"]],
  use: {
    browserName: "chromium",
    launchOptions: { executablePath: "/usr/bin/chromium", args: CHROMIUM_ARGUMENTS },
    actionTimeout: 15_000,
    viewport: { width: 1440, height: 900 },
    timezoneId: "Europe/Berlin",
    screenshot: "only-on-failure",
  },
  // The tests in `beside` and, next to them, in `stored` (what becomes of footage: export, retention, shares) and then in `pages` (forms and
  // lists, by keyboard) do their work while the shared recording grows to the length that those in `recorded` look at; these measure how
  // smoothly a browser plays, alone.
  projects: [
    { name: "beside", testDir: "./tests/beside", workers: 1 },
    { name: "stored", testDir: "./tests/stored", workers: 1 },
    { name: "pages", testDir: "./tests/pages", workers: 1 },
    { name: "recorded", testDir: "./tests/recorded", dependencies: ["beside", "stored", "pages"], workers: 1 },
  ],
});
