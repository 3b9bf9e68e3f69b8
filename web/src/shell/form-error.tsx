import { Alert } from "@mantine/core";
import { CircleAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { errorText } from "../i18n/error-text.ts";

/** Why a form could not be sent; nothing while there is no error. */
export function FormError({ error }: { readonly error: Error | null }) {
  const { t } = useTranslation();
  if (error === null) return null;
  return (
    <Alert color="red" variant="light" icon={<CircleAlert size={18} />} role="alert">
      {errorText(t, error)}
    </Alert>
  );
}
