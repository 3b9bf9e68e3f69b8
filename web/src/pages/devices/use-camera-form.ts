import { type UseFormReturnType, useForm } from "@mantine/form";
import type { Camera } from "@nightjar/api/camera";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { type CameraFormValues, formValuesOf, judgeUrl } from "./camera-form-values.ts";

export type CameraForm = UseFormReturnType<CameraFormValues>;

/** The form's values and what is wrong with them before the server is asked. */
export function useCameraForm(camera: Camera | null, groupName: string): CameraForm {
  const { t } = useTranslation();
  const form = useForm<CameraFormValues>({
    initialValues: formValuesOf(camera, groupName),
    validate: {
      name: (value) => (value.trim() === "" ? t("camera.required") : null),
      url: (value) => {
        const verdict = judgeUrl(value);
        if (verdict === "complete") return null;
        return verdict === "empty" ? t("camera.required") : t("camera.urlWrong");
      },
      subUrl: (value) => (["complete", "empty"].includes(judgeUrl(value)) ? null : t("camera.urlWrong")),
    },
  });
  // The groups may arrive after the form was made.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only the late name counts; what is typed since stays
  useEffect(() => {
    if (groupName !== "" && form.values.group === "") form.setFieldValue("group", groupName);
  }, [groupName]);
  return form;
}
