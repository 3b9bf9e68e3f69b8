import { Button, Group, SimpleGrid, Stack } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { call } from "../../api/client.ts";
import { groupsQuery } from "../../api/queries.ts";
import { FormError } from "../../shell/form-error.tsx";
import { cameraCreateOf } from "./camera-form-values.ts";
import { ConnectionFields } from "./connection-fields.tsx";
import { FirstRecordingFields } from "./first-recording-fields.tsx";
import { GeneralFields } from "./general-fields.tsx";
import { ProbePanel } from "./probe-panel.tsx";
import { useCameraForm } from "./use-camera-form.ts";
import { useProbe } from "./use-probe.ts";
import { groupIdOf, useSaveCamera } from "./use-save-camera.ts";

interface CameraFormProps {
  readonly submitLabel: string;
  readonly onSaved: (camera: Camera) => void;
  /** What else can be done, beside the button. */
  readonly children?: ReactNode;
}

/** Adds a camera. Beside the fields stands what the stream sends, tried while it is typed in. */
export function CameraForm({ submitLabel, onSaved, children }: CameraFormProps) {
  const { data: groups = [] } = useQuery(groupsQuery);
  const form = useCameraForm(null, "");
  const save = useSaveCamera({
    form,
    done: "devices.added",
    onSaved,
    send: async (values) =>
      call(cameraRoutes.create, { body: cameraCreateOf(values, await groupIdOf(values.group, groups)) }),
  });
  const [tried, setTried] = useState({ username: "", password: "" });
  const { url, transport } = form.values;
  const probe = useProbe({ url, transport, ...tried, cameraId: null }, true);
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" verticalSpacing="lg">
        <Stack gap="lg">
          <FormError error={save.error} />
          <ConnectionFields
            form={form}
            hasPassword={false}
            onCredentials={({ username, password }) => setTried({ username, password })}
          />
          <GeneralFields form={form} groups={groups} />
          <FirstRecordingFields form={form} />
          <Group mt="xs">
            <Button type="submit" loading={save.isPending}>
              {submitLabel}
            </Button>
            {children}
          </Group>
        </Stack>
        <ProbePanel url={url} probe={probe} />
      </SimpleGrid>
    </form>
  );
}
