import { z } from "zod";
import { CameraId } from "./camera.ts";
import { Permission } from "./permission.ts";
import { Instant } from "./time.ts";

export const Username = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[\p{L}\p{N}._@-]+$/u, "may hold letters, digits and . _ @ -");
export const NewPassword = z.string().min(10, "must have at least 10 characters").max(200);

export const LoginRequest = z
  .strictObject({
    username: z.string().min(1).max(200),
    password: z.string().min(1).max(200),
    totp: z.string().max(10).optional(),
  })
  .meta({ id: "LoginRequest" });

export const SetupRequest = z
  .strictObject({ setup_code: z.string().trim().min(1).max(50), username: Username, password: NewPassword })
  .meta({ id: "SetupRequest" });

export const SetupState = z.object({ required: z.boolean().describe("true until the first administrator exists") });

export const User = z
  .object({
    id: z.number().int(),
    username: z.string(),
    tenant: z.object({ id: z.number().int(), name: z.string() }),
    role: z.string(),
    permissions: z.array(Permission),
  })
  .meta({ id: "User" });
export type User = z.infer<typeof User>;

export const Session = z.object({ token: z.string(), expires_at: Instant, user: User }).meta({ id: "Session" });
export type Session = z.infer<typeof Session>;

export const MediaTokenRequest = z.strictObject({ camera_id: CameraId });
export const MediaToken = z.object({
  token: z.string().describe("Append as `?media_token=` to the addresses under /api/recordings of this camera"),
  expires_at: Instant,
});

export const TokenCreate = z
  .strictObject({
    name: z.string().trim().min(1).max(100),
    permissions: z.array(Permission).min(1),
    expires_at: Instant.nullable().optional(),
  })
  .meta({ id: "TokenCreate" });

export const ApiToken = z
  .object({
    id: z.number().int(),
    name: z.string(),
    permissions: z.array(Permission),
    created_at: Instant,
    expires_at: Instant.nullable(),
    last_used_at: Instant.nullable(),
  })
  .meta({ id: "ApiToken" });
export type ApiToken = z.infer<typeof ApiToken>;

export const CreatedToken = ApiToken.extend({ token: z.string().describe("Shown this once") }).meta({
  id: "CreatedToken",
});
