import { Button, Group, SimpleGrid, Stack } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { groupsQuery } from "../../api/queries.ts";
import { FormError } from "../../shell/form-error.tsx";
import { ConnectionFields } from "./connection-fields.tsx";
import { GeneralFields } from "./general-fields.tsx";
import { ProbePanel } from "./probe-panel.tsx";
import { RecordingFields } from "./recording-fields.tsx";
import { useCameraForm } from "./use-camera-form.ts";
import { useProbe } from "./use-probe.ts";
import { useSaveCamera } from "./use-save-camera.ts";

interface CameraFormProps {
  /** null: a new one. */
  readonly camera: Camera | null;
  readonly submitLabel: string;
  readonly onSaved: (camera: Camera) => void;
  /** What else can be done, beside the button. */
  readonly children?: ReactNode;
}

/** Adds or edits a camera. Beside the fields stands what the stream sends, tried while it is typed in. */
export function CameraForm({ camera, submitLabel, onSaved, children }: CameraFormProps) {
  const { data: groups = [] } = useQuery(groupsQuery);
  const groupName = groups.find((group) => group.id === camera?.group_id)?.name ?? "";
  const form = useCameraForm(camera, groupName);
  const save = useSaveCamera(camera, groups, form, onSaved);
  const [tried, setTried] = useState({ username: form.values.username, password: "" });
  const { url, transport } = form.values;
  const saved =
    camera !== null && camera.streams.main.url === url && camera.transport === transport && tried.password === "";
  // What is running already is not connected to a second time without being asked: many cameras allow only two connections.
  const probe = useProbe({ url, transport, ...tried, cameraId: camera?.id ?? null }, !saved);
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" verticalSpacing="lg">
        <Stack gap="lg">
          <FormError error={save.error} />
          <ConnectionFields
            form={form}
            hasPassword={camera?.has_password ?? false}
            onCredentials={({ username, password }) => setTried({ username, password })}
          />
          <GeneralFields form={form} groups={groups} />
          <RecordingFields form={form} />
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
