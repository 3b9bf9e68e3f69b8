import type { CallInput } from "@nightjar/api/client";
import { storageRoutes } from "@nightjar/api/routes";
import type { StorageDryRunResult } from "@nightjar/api/storage";
import { type ReactNode, useState } from "react";
import { call } from "../api/client.ts";
import { DeletionWarning } from "./deletion-warning.tsx";

/** As it would be sent to be saved. */
type TriedChange = CallInput<typeof storageRoutes.dryRun>["body"];

interface Question {
  readonly result: StorageDryRunResult;
  readonly answer: (goOn: boolean) => void;
}

interface DeletionGate {
  /** Whether a change may be saved: it would delete nothing, or the person wants it all the same. Rejects when the server does not answer. */
  readonly mayChange: (change: TriedChange) => Promise<boolean>;
  /** The question, to be put somewhere on the page. */
  readonly dialog: ReactNode;
}

/** Asks, before a change that would delete footage is saved, whether that is meant, and says how much and from when. */
export function useDeletionWarning(): DeletionGate {
  const [question, setQuestion] = useState<Question | null>(null);
  const mayChange = async (change: TriedChange) => {
    const result = await call(storageRoutes.dryRun, { body: change });
    if (result.segments === 0) return true;
    return new Promise<boolean>((resolve) => {
      const answer = (goOn: boolean) => {
        setQuestion(null);
        resolve(goOn);
      };
      setQuestion({ result, answer });
    });
  };
  const dialog = <DeletionWarning result={question?.result ?? null} onAnswer={(goOn) => question?.answer(goOn)} />;
  return { mayChange, dialog };
}
