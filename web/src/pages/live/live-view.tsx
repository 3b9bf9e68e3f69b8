import { useMediaQuery } from "@mantine/hooks";
import type { Camera } from "@nightjar/api/camera";
import { getRouteApi } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { EmptyPlace } from "./empty-place.tsx";
import { fittingSize, type Layout, nameOf, pageCount, placesOf, withCameraAt } from "./layouts.ts";
import classes from "./live.module.css";
import { LiveBar } from "./live-bar.tsx";
import { LiveTile } from "./live-tile.tsx";
import { useLayout } from "./use-layout.ts";
import { useLiveKeys } from "./use-live-keys.ts";

const route = getRouteApi("/shell/live");

interface LiveViewProps {
  /** In their order; at least one. */
  readonly cameras: readonly Camera[];
  readonly enlargedId: number | null;
}

/** The grid, or one camera that is enlarged. */
export function LiveView({ cameras, enlargedId }: LiveViewProps) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const root = useRef<HTMLDivElement>(null);
  const [wantedPage, setPage] = useState(0);
  const layouts = useLayout();
  const layout: Layout = layouts.choice.current ?? { size: fittingSize(cameras.length), cameras: null };
  const pages = layout.cameras === null ? pageCount(cameras.length, layout.size) : 1;
  const page = Math.min(wantedPage, pages - 1);
  const ids = cameras.map((camera) => camera.id);
  // On a phone the pictures stand below one another, as many as there are.
  const isPhone = useMediaQuery("(max-width: 48em)") ?? false;
  const places = isPhone && layout.cameras === null ? ids : placesOf(layout, ids, page);
  const enlarged = cameras.find((camera) => camera.id === enlargedId) ?? null;
  const enlarge = (camera: number | null) =>
    void navigate({ search: camera === null ? {} : { camera }, resetScroll: false });
  const put = (at: number) => (camera: number | null) => layouts.show(withCameraAt(layout, places, at, camera));
  useLiveKeys({ root, enlargedId: enlarged?.id ?? null, enlarge });
  const single = enlarged !== null || (layout.size === 1 && !isPhone);
  return (
    <div className={classes.page} ref={root}>
      <LiveBar
        layout={layout}
        layouts={layouts}
        name={nameOf(layouts.choice)}
        pages={{ page, count: pages, show: setPage }}
        enlarged={enlarged}
        onBack={() => enlarge(null)}
        root={root}
      />
      <section
        className={classes.grid}
        data-size={single ? 1 : layout.size}
        data-enlarged={single || undefined}
        aria-label={t("live.grid")}
      >
        {enlarged === null ? (
          places.map((id, at) => {
            const camera = cameras.find((one) => one.id === id);
            if (camera === undefined)
              // biome-ignore lint/suspicious/noArrayIndexKey: an empty place is nothing but its place
              return <EmptyPlace key={`place-${at}`} cameras={cameras} onChoose={put(at)} />;
            return (
              <LiveTile
                key={camera.id}
                camera={camera}
                stream={single ? "main" : "sub"}
                cameras={cameras}
                onChoose={put(at)}
                onEnlarge={single ? null : () => enlarge(camera.id)}
              />
            );
          })
        ) : (
          <LiveTile
            key={`enlarged-${enlarged.id}`}
            camera={enlarged}
            stream="main"
            onShrink={() => enlarge(null)}
            onEnlarge={null}
          />
        )}
      </section>
    </div>
  );
}
