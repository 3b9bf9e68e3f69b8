import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useHasPermission } from "../../api/use-session.ts";
import type { Marked } from "../../timeline/draw.ts";

/** The marked span, from one end to the other. */
export interface LockableSpan {
  readonly startMs: number;
  readonly endMs: number;
}

export interface LockControl {
  readonly isAllowed: boolean;
  /** null: the dialog is closed. */
  readonly span: LockableSpan | null;
  readonly open: () => void;
  readonly close: () => void;
}

/** The dialog that locks what is marked; without both marks it says what is missing instead of opening. */
export function useLockDialog({ inMs, outMs }: Marked): LockControl {
  const { t } = useTranslation();
  const isAllowed = useHasPermission("recordings.lock");
  const [span, setSpan] = useState<LockableSpan | null>(null);
  const open = () => {
    if (!isAllowed) return;
    if (inMs === null || outMs === null || outMs <= inMs) notifications.show({ message: t("lock.markFirst") });
    else setSpan({ startMs: inMs, endMs: outMs });
  };
  return { isAllowed, span, open, close: () => setSpan(null) };
}
