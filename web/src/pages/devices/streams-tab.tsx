import { Button, SimpleGrid, Stack } from "@mantine/core";
import type { Camera } from "@nightjar/api/camera";
import { cameraRoutes } from "@nightjar/api/routes";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { call } from "../../api/client.ts";
import { FormError } from "../../shell/form-error.tsx";
import { SaveBar } from "../../shell/save-bar.tsx";
import { judgeUrl, streamsPatchOf } from "./camera-form-values.ts";
import { ConnectionFields } from "./connection-fields.tsx";
import { ProbePanel } from "./probe-panel.tsx";
import { useCameraForm } from "./use-camera-form.ts";
import { type ProbeInput, useProbe } from "./use-probe.ts";
import { useSaveCamera } from "./use-save-camera.ts";

/** Where the camera's streams come from; beside the fields stands what they send. */
export function StreamsTab({ camera }: { readonly camera: Camera }) {
  const { t } = useTranslation();
  const form = useCameraForm(camera, "");
  const save = useSaveCamera({
    form,
    done: "devices.saved",
    onSaved: () => {
      form.setFieldValue("password", "");
      form.resetDirty({ ...form.values, password: "" });
    },
    send: (values) => call(cameraRoutes.update, { params: { id: camera.id }, body: streamsPatchOf(values) }),
  });
  const [tried, setTried] = useState({ username: form.values.username, password: "" });
  const { url, subUrl, transport } = form.values;
  const input = { transport, ...tried, cameraId: camera.id };
  const isKnown = camera.transport === transport && tried.password === "";
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))} noValidate>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" verticalSpacing="lg">
        <Stack gap="lg">
          <FormError error={save.error} />
          <ConnectionFields
            form={form}
            withSub
            hasPassword={camera.has_password}
            onCredentials={({ username, password }) => setTried({ username, password })}
          />
          <SaveBar isChanged={form.isDirty()}>
            <Button type="submit" loading={save.isPending}>
              {t("common.save")}
            </Button>
          </SaveBar>
        </Stack>
        <SimpleGrid cols={1} verticalSpacing="lg" style={{ alignContent: "start" }}>
          <StreamProbe input={{ url, ...input }} isSaved={isKnown && camera.streams.main.url === url} />
          {judgeUrl(subUrl) !== "empty" && (
            <StreamProbe
              title={t("camera.subProbe")}
              input={{ url: subUrl, ...input }}
              isSaved={isKnown && camera.streams.sub?.url === subUrl}
            />
          )}
        </SimpleGrid>
      </SimpleGrid>
    </form>
  );
}

interface StreamProbeProps {
  readonly title?: string;
  readonly input: ProbeInput;
  /** It runs already, so it is not connected to a second time without being asked: many cameras allow only two connections. */
  readonly isSaved: boolean;
}

function StreamProbe({ input, isSaved, ...title }: StreamProbeProps) {
  const probe = useProbe(input, !isSaved);
  return <ProbePanel url={input.url} probe={probe} isSaved={isSaved} {...title} />;
}
