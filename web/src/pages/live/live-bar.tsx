import { ActionIcon, Button, Group, SegmentedControl, Text, Title, Tooltip } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { ArrowLeft, ChevronLeft, ChevronRight, Maximize } from "lucide-react";
import type { RefObject } from "react";
import { useTranslation } from "react-i18next";
import { LayoutMenu } from "./layout-menu.tsx";
import { GRID_SIZES, type Layout, resized } from "./layouts.ts";
import classes from "./live.module.css";
import type { LayoutActions } from "./use-layout.ts";

interface LiveBarProps {
  readonly layout: Layout;
  readonly layouts: LayoutActions;
  /** Of the saved layout that is shown. */
  readonly name: string | null;
  readonly pages: { readonly page: number; readonly count: number; readonly show: (page: number) => void };
  readonly enlarged: Camera | null;
  readonly onBack: () => void;
  readonly root: RefObject<HTMLElement | null>;
}

/** How many pictures, which ones, and the way back to them. */
export function LiveBar({ layout, layouts, name, pages, enlarged, onBack, root }: LiveBarProps) {
  const { t } = useTranslation();
  const fullscreen = () => {
    if (document.fullscreenElement === null) void root.current?.requestFullscreen().catch(() => undefined);
    else void document.exitFullscreen();
  };
  return (
    <div className={classes.bar}>
      <Title order={1} fz="md" lineClamp={1}>
        {enlarged === null ? t("live.title") : enlarged.name}
      </Title>
      {enlarged === null ? (
        <Group gap="xs" ml="auto" wrap="nowrap">
          {pages.count > 1 && <Pager {...pages} />}
          <LayoutMenu layout={layout} layouts={layouts} name={name} />
          <SegmentedControl
            size="xs"
            visibleFrom="sm"
            aria-label={t("live.size")}
            data={GRID_SIZES.map((size) => ({ value: String(size), label: String(size) }))}
            value={String(layout.size)}
            onChange={(value) => {
              const size = GRID_SIZES.find((one) => String(one) === value);
              if (size !== undefined) layouts.show(resized(layout, size));
            }}
          />
        </Group>
      ) : (
        <Button
          ml="auto"
          size="compact-md"
          variant="default"
          leftSection={<ArrowLeft size={16} aria-hidden />}
          onClick={onBack}
        >
          {t("live.back")}
        </Button>
      )}
      <Tooltip label={t("live.fullscreen")}>
        <ActionIcon size="lg" visibleFrom="sm" aria-label={t("live.fullscreen")} onClick={fullscreen}>
          <Maximize size={18} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

function Pager({ page, count, show }: LiveBarProps["pages"]) {
  const { t } = useTranslation();
  return (
    <Group gap={2} wrap="nowrap" visibleFrom="sm">
      <ActionIcon aria-label={t("live.previousPage")} disabled={page === 0} onClick={() => show(page - 1)}>
        <ChevronLeft size={18} aria-hidden />
      </ActionIcon>
      <Text size="sm" c="dimmed" className="nj-figures">
        {t("live.page", { page: page + 1, count })}
      </Text>
      <ActionIcon aria-label={t("live.nextPage")} disabled={page === count - 1} onClick={() => show(page + 1)}>
        <ChevronRight size={18} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
