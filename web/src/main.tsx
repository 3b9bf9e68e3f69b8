import "./api/zod-policy.ts";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./theme/page.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startTranslations } from "./i18n/i18n.ts";
import { App } from "./shell/app.tsx";

// After an upgrade of the server the old page's parts are gone: take the new page.
window.addEventListener("vite:preloadError", () => location.reload());

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no element with the id root");
await startTranslations();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
