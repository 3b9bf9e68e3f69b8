import "@mantine/dates/styles.css";
import "dayjs/locale/de";
import { Group, Stack, Text, TextInput } from "@mantine/core";
import { DateInput } from "@mantine/dates";
import { useId } from "react";
import { useTranslation } from "react-i18next";
import { completeTime } from "./export-draft.ts";

interface MomentFieldsProps {
  readonly legend: string;
  readonly date: string;
  readonly time: string;
  readonly error: string | null;
  readonly onChange: (date: string, time: string) => void;
}

/** A date and a time of day, to the millisecond where somebody wants that. */
export function MomentFields({ legend, date, time, error, onChange }: MomentFieldsProps) {
  const { t, i18n } = useTranslation();
  const errorId = useId();
  const described = error === null ? {} : { "aria-describedby": errorId };
  return (
    <Stack gap={4} role="group" aria-label={legend}>
      <Group gap="xs" wrap="nowrap" align="flex-end">
        <DateInput
          label={legend}
          aria-label={t("export.dateOf", { end: legend })}
          w={172}
          locale={i18n.language}
          valueFormat="ddd D MMM YYYY"
          value={date}
          error={error !== null}
          {...described}
          onChange={(chosen) => chosen !== null && onChange(chosen, time)}
        />
        <TextInput
          aria-label={t("export.timeOf", { end: legend })}
          w={124}
          autoComplete="off"
          maxLength={12}
          placeholder="14:30:00"
          classNames={{ input: "nj-figures" }}
          value={time}
          error={error !== null}
          {...described}
          onChange={(event) => onChange(date, event.currentTarget.value)}
          onBlur={() => onChange(date, completeTime(time))}
        />
      </Group>
      <Text size="xs" c="var(--mantine-color-error)" id={errorId} role="status" mih={0}>
        {error}
      </Text>
    </Stack>
  );
}
