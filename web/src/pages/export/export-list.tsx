import type { Camera } from "@nightjar/api/camera";
import type { Export } from "@nightjar/api/export";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { DeleteExport } from "./delete-export.tsx";
import classes from "./export.module.css";
import { ExportRow } from "./export-row.tsx";

interface ExportListProps {
  readonly exports: readonly Export[];
  readonly cameras: readonly Camera[];
}

/** Every export with its state, newest first. */
export function ExportList({ exports, cameras }: ExportListProps) {
  const { t } = useTranslation();
  const [deleting, setDeleting] = useState<Export | null>(null);
  return (
    <>
      <ul className={classes.list} aria-label={t("export.list")}>
        {exports.map((one) => (
          <ExportRow key={one.export_id} one={one} cameras={cameras} onDelete={() => setDeleting(one)} />
        ))}
      </ul>
      <DeleteExport wanted={deleting} onClose={() => setDeleting(null)} />
    </>
  );
}
