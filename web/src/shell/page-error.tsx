import { Button } from "@mantine/core";
import { ApiError } from "@nightjar/api/client";
import { useRouter } from "@tanstack/react-router";
import { CloudOff } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { errorText } from "../i18n/error-text.ts";
import { MessagePanel } from "./message-panel.tsx";

const RETRY_MS = 5000;

/** A page that could not be shown. One that failed because the server did not answer is tried again by itself. */
export function PageError({ error, reset }: { readonly error: unknown; readonly reset: () => void }) {
  const { t } = useTranslation();
  const router = useRouter();
  const retry = () => void router.invalidate().then(reset);
  const unreachable = error instanceof ApiError && error.status === 0;
  useEffect(() => {
    if (!unreachable) return;
    const timer = window.setInterval(() => void router.invalidate().then(reset), RETRY_MS);
    return () => window.clearInterval(timer);
  }, [unreachable, router, reset]);
  return (
    <MessagePanel isError icon={<CloudOff size={36} />} title={t("shell.pageFailed")} hint={errorText(t, error)}>
      <Button variant="default" onClick={retry}>
        {t("common.retry")}
      </Button>
    </MessagePanel>
  );
}
