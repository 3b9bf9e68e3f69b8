import { createClient } from "@nightjar/api/client";

/** The typed client of the server that delivered this page; it signs in by cookie. */
export const call = createClient({ baseUrl: "" });
