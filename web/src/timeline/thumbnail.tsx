import { routeUrl } from "@nightjar/api/client";
import { recordingRoutes } from "@nightjar/api/routes";
import { useEffect, useState } from "react";

interface ThumbnailProps {
  readonly cameraId: number;
  readonly ms: number;
  readonly width: number;
  readonly className: string | undefined;
}

/**
 * The thumbnail nearest to a time. While another one is read the last one stays, and of many times that a pointer moves over only the newest
 * is read next. Where there is none it is empty.
 */
export function Thumbnail({ cameraId, ms, width, className }: ThumbnailProps) {
  const wanted = thumbnailUrl(cameraId, ms, width);
  const [loading, setLoading] = useState(wanted);
  const [shown, setShown] = useState<string | null>(null);
  const [busy, setBusy] = useState(true);
  useEffect(() => {
    if (busy || loading === wanted) return;
    setLoading(wanted);
    setBusy(true);
  }, [busy, loading, wanted]);
  return (
    <>
      {shown !== null && <img className={className} src={shown} alt="" draggable={false} />}
      <img
        key={loading}
        src={loading}
        alt=""
        hidden
        onLoad={() => {
          setShown(loading);
          setBusy(false);
        }}
        onError={() => {
          setShown(null);
          setBusy(false);
        }}
      />
    </>
  );
}

/** Where the thumbnail nearest to a time is read; to a second, so that the browser's cache knows it again. */
function thumbnailUrl(cameraId: number, ms: number, width: number): string {
  const time = new Date(Math.round(ms / 1000) * 1000).toISOString();
  return routeUrl(recordingRoutes.thumbnail, { query: { camera_id: cameraId, time, width } });
}
