import type { Camera } from "@nightjar/api/camera";
import { routeUrl } from "@nightjar/api/client";
import { recordingRoutes } from "@nightjar/api/routes";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import classes from "./export.module.css";
import { type Point, type Rectangle, rectangleBetween } from "./rectangle.ts";

interface MaskPictureProps {
  readonly camera: Camera;
  readonly atTime: string | null;
  readonly masks: readonly Rectangle[];
  /** null: there may be no more. */
  readonly onDrawn: ((rectangle: Rectangle) => void) | null;
}

/** The picture that the export begins with, and the areas on it; dragging draws another one. The numbers below do the same by keyboard. */
export function MaskPicture({ camera, atTime, masks, onDrawn }: MaskPictureProps) {
  const { t } = useTranslation();
  const area = useRef<HTMLDivElement>(null);
  const [corners, setCorners] = useState<{ from: Point; to: Point } | null>(null);
  const [failedUrl, setFailedUrl] = useState<string | null>(null);
  const url =
    atTime === null ? null : routeUrl(recordingRoutes.frame, { query: { camera_id: camera.id, time: atTime } });
  const pointOf = (event: React.PointerEvent): Point => {
    const box = area.current?.getBoundingClientRect() ?? new DOMRect(0, 0, 1, 1);
    return { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height };
  };
  const drawn = corners === null ? null : rectangleBetween(corners.from, corners.to);
  return (
    <div
      ref={area}
      className={classes.picture}
      data-testid="mask-picture"
      onPointerDown={(event) => {
        if (onDrawn === null || event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        setCorners({ from: pointOf(event), to: pointOf(event) });
      }}
      onPointerMove={(event) => setCorners((before) => before && { ...before, to: pointOf(event) })}
      onPointerUp={() => {
        if (drawn !== null) onDrawn?.(drawn);
        setCorners(null);
      }}
      onPointerCancel={() => setCorners(null)}
    >
      {url !== null && url !== failedUrl ? (
        <img
          src={url}
          alt={t("export.maskPicture", { name: camera.name })}
          draggable={false}
          onError={() => setFailedUrl(url)}
        />
      ) : (
        <span className={classes.noPicture}>{t("export.noMaskPicture")}</span>
      )}
      {[...masks, ...(drawn === null ? [] : [drawn])].map((mask) => (
        <span
          key={Object.values(mask).join()}
          className={classes.mask}
          style={{
            left: `${mask.x * 100}%`,
            top: `${mask.y * 100}%`,
            width: `${mask.width * 100}%`,
            height: `${mask.height * 100}%`,
          }}
        />
      ))}
    </div>
  );
}
